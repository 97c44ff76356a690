"""Rasters of heights in, cloud optimised GeoTIFF out."""

import hashlib
import math

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

from geo.errors import ConfigError, DataError
from geo.exchange.raster import Dem, read_dem, write_cog

TM = pyproj.CRS.from_epsg(5186)
ARC3 = Affine(1 / 1200, 0, 127, 0, -1 / 1200, 38.1)  # 0.1 degrees are 120 cells
GRID = Affine(30, 0, 200_015, 0, -30, 600_015)


def write(path, z, *, transform=GRID, crs=5186, dtype="float32", alpha=None, mask=None, scale=None, **profile):
    count = 1 if alpha is None else 2
    layout = {"height": z.shape[0], "width": z.shape[1], "count": count, "dtype": dtype, **profile}
    with rasterio.open(path, "w", driver="GTiff", transform=transform, crs=crs, **layout) as file:
        file.write(z.astype(dtype), 1)
        if alpha is not None:
            file.write(alpha.astype(dtype), 2)
            file.colorinterp = [ColorInterp.gray, ColorInterp.alpha]
        if mask is not None:
            file.write_mask(mask)
        if scale is not None:
            file.scales, file.offsets = [scale[0]], [scale[1]]
    return path


def hills(shape=(120, 120)):
    row, col = np.mgrid[: shape[0], : shape[1]]
    return 300 + 3 * row + 2 * col + 20 * np.sin(row / 9) + 17 * np.cos(col / 7)


def test_a_raster_in_the_area_crs_is_taken_as_it_is(tmp_path):
    z = hills((70, 90)).astype(np.float32)
    z[3, 4] = -9999
    dem = read_dem(write(tmp_path / "own.tif", z, nodata=-9999), crs=TM)
    z[3, 4] = np.nan
    assert np.array_equal(dem.z_m, z, equal_nan=True)
    assert (dem.transform, dem.cell_m, dem.name, dem.notes, dem.step_m) == (GRID, 30.0, "own.tif", (), 0.0)


def test_degrees_become_a_square_grid_on_multiples_of_the_cell(tmp_path):
    lon = 127 + (np.arange(120) + 0.5) / 1200
    path = write(tmp_path / "plane.tif", np.tile(1000 * (lon - 127), (120, 1)), transform=ARC3, crs=4326)
    dem = read_dem(path, crs=TM)
    assert dem.cell_m == 90 and dem.transform.c % 90 == dem.transform.f % 90 == 0
    row, col = 60, 50
    x, y = dem.transform.c + (col + 0.5) * 90, dem.transform.f - (row + 0.5) * 90
    there, _ = pyproj.Transformer.from_crs(TM, 4326, always_xy=True).transform(x, y)
    assert dem.z_m[row, col] == pytest.approx(1000 * (there - 127), abs=0.05)
    assert read_dem(path, crs=TM, cell_m=250).cell_m == 250
    assert np.isnan(dem.z_m).mean() < 0.1 and dem.notes == ()


def test_only_the_area_is_read(tmp_path):
    path = write(tmp_path / "wide.tif", hills(), transform=ARC3, crs=4326)
    whole, part = read_dem(path, crs=TM), read_dem(path, crs=TM, bounds_deg=(127.02, 38.02, 127.06, 38.05))
    row = round((whole.transform.f - part.transform.f) / 90)
    col = round((part.transform.c - whole.transform.c) / 90)
    ny, nx = part.z_m.shape
    assert 3300 < ny * 90 < 3700 and 3400 < nx * 90 < 3800
    assert np.allclose(part.z_m, whole.z_m[row : row + ny, col : col + nx], atol=0.1)


def test_windows_give_what_one_piece_gives(tmp_path, monkeypatch):
    path = write(tmp_path / "wide.tif", hills(), transform=ARC3, crs=4326)
    whole = read_dem(path, crs=TM)
    monkeypatch.setattr("geo.exchange.height_files.BLOCK_ROWS", 17)
    pieces = read_dem(path, crs=TM)
    assert np.array_equal(np.isnan(pieces.z_m), np.isnan(whole.z_m))
    assert np.nanmax(np.abs(pieces.z_m - whole.z_m)) < 0.1


def test_tiles_make_one_grid_whether_named_or_in_a_folder(tmp_path):
    z = hills().astype(np.float32)
    right = Affine(30, 0, GRID.c + 60 * 30, 0, -30, GRID.f)
    paths = [write(tmp_path / "a.tif", z[:, :62]), write(tmp_path / "b.tif", z[:, 60:], transform=right)]
    (tmp_path / "readme.txt").write_text("not a raster")
    for given in (paths, tmp_path):
        dem = read_dem(given, crs=TM)
        assert np.array_equal(dem.z_m, z) and dem.transform == GRID and dem.name == "a.tif and 1 more"
    warped = read_dem(paths, crs=TM, cell_m=60)
    assert warped.z_m.shape == (61, 61) and not np.isnan(warped.z_m[1:-1, 1:-1]).any()


def test_tiles_of_several_crs_are_joined(tmp_path):
    plane = write(tmp_path / "a.tif", np.full((100, 100), 40.0), transform=Affine(100, 0, 200_000, 0, -100, 600_000))
    degrees = write(
        tmp_path / "b.tif", np.full((240, 240), 60.0), transform=Affine(1 / 1200, 0, 126.9, 0, -1 / 1200, 38.1), crs=4326
    )
    dem = read_dem([plane, degrees], crs=TM)
    assert dem.cell_m == 90 and set(np.unique(dem.z_m[~np.isnan(dem.z_m)])) == {40, 60}


def test_a_vrt_is_read(tmp_path):
    write(tmp_path / "a.tif", hills((30, 40)))
    (tmp_path / "all.vrt").write_text(
        '<VRTDataset rasterXSize="40" rasterYSize="30"><SRS>EPSG:5186</SRS>'
        "<GeoTransform>200015, 30, 0, 600015, 0, -30</GeoTransform>"
        '<VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename relativeToVRT="1">a.tif</SourceFilename>'
        "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    assert np.array_equal(read_dem(tmp_path / "all.vrt", crs=TM).z_m, hills((30, 40)).astype(np.float32))


@pytest.mark.parametrize("transform", [GRID, ARC3], ids=["same grid", "warped"])
@pytest.mark.parametrize("how", ["nodata", "mask", "alpha", "nan", "undeclared nan"])
def test_what_is_not_known_is_nan(tmp_path, how, transform):
    z, hole = np.full((100, 100), 200.0), np.zeros((100, 100), bool)
    hole[40:60, 40:60] = True
    shown = np.where(hole, 0, 255).astype(np.uint8)
    options = {
        "nodata": {"z": np.where(hole, -32768, z), "dtype": "int16", "nodata": -32768},
        "mask": {"z": np.where(hole, 7, z), "dtype": "int16", "mask": shown},
        "alpha": {"z": np.where(hole, 7, z), "dtype": "uint8", "alpha": shown},
        "nan": {"z": np.where(hole, np.nan, z), "nodata": math.nan},
        "undeclared nan": {"z": np.where(hole, np.nan, z)},
    }[how]
    dem = read_dem(write(tmp_path / "holed.tif", transform=transform, crs=5186 if transform is GRID else 4326, **options), crs=TM)
    inside = dem.z_m[5:-5, 5:-5]
    assert set(np.unique(inside[~np.isnan(inside)])) == {200}
    area = 20 * 30 * 20 * 30 if transform is GRID else 400 * (111_000 / 1200) ** 2 * math.cos(math.radians(38))
    assert np.isnan(inside).sum() * dem.cell_m**2 == pytest.approx(area, rel=0.3)


@pytest.mark.parametrize(
    ("dtype", "factor", "scale", "step"),
    [
        ("int16", 1, None, 1.0),
        ("int16", 8, None, 8.0),
        ("float32", 1, None, 0.0),
        ("int16", 1, (0.1, 50.0), 0.1),
        ("uint8", 8, None, 8),
    ],
)
def test_the_vertical_step_is_that_of_the_source(tmp_path, dtype, factor, scale, step):
    z = hills() if dtype == "float32" else factor * np.round(hills() / 30 if dtype == "uint8" else hills())
    dem = read_dem(write(tmp_path / "stepped.tif", z, dtype=dtype, transform=ARC3, crs=4326, scale=scale), crs=TM)
    assert dem.step_m == pytest.approx(step)
    assert bool(dem.notes) == (dtype == "uint8")
    if scale:
        assert np.nanmin(dem.z_m) == pytest.approx(0.1 * z.min() + 50, abs=1)


def test_the_coarsest_tile_tells_the_step_and_the_sea_does_not(tmp_path):
    z = np.round(hills())
    paths = [
        write(tmp_path / "fine.tif", z, dtype="int16"),
        write(tmp_path / "coarse.tif", 8 * np.round(z / 8), dtype="int16", transform=GRID @ Affine.translation(120, 0)),
        write(tmp_path / "sea.tif", np.where(z > 800, 40, 0), dtype="int16", transform=GRID @ Affine.translation(0, 120)),
    ]
    assert read_dem(paths, crs=TM).step_m == 8
    assert read_dem([paths[0], paths[2]], crs=TM).step_m == 1


def test_much_nodata_is_noted(tmp_path):
    z = hills()
    z[:80] = np.nan
    assert read_dem(write(tmp_path / "half.tif", z), crs=TM).notes == ("terrain half.tif: 67% of the cells hold no height",)


def bad(path, kind):
    z = hills((30, 30))
    if kind == "text":
        path.write_text("not a raster")
        return path
    if kind == "cut":
        write(path, z, compress="deflate")
        path.write_bytes(path.read_bytes()[:-1500])
        return path
    options = {
        "crs": {"crs": None},
        "place": {"transform": Affine.identity()},
        "turned": {"transform": GRID @ Affine.rotation(10)},
        "empty": {"z": np.full((30, 30), np.nan)},
        "nodata forgotten": {"z": np.where(z > 350, -32768, z)},
        "centimetres": {"z": 100 * z},
    }[kind]
    with np.errstate(all="raise"):
        return write(path, **{"z": z, **options})


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("text", "unreadable raster"),
        ("cut", "unreadable raster"),
        ("crs", "no CRS.*never guessed"),
        ("place", "no place on the ground"),
        ("turned", "rotated raster"),
        ("empty", "without data"),
        ("nodata forgotten", "-500 to 9000 m, found -32768.*a_nodata"),
        ("centimetres", "out of range"),
    ],
)
def test_a_raster_that_cannot_serve_is_one_line(tmp_path, kind, told):
    path = bad(tmp_path / "bad.tif", kind)
    with pytest.raises(DataError, match=told) as error:
        read_dem(path, crs=TM)
    assert "bad.tif" in str(error.value) and "\n" not in str(error.value)


def test_wrong_use_is_one_line(tmp_path):
    path = write(tmp_path / "one.tif", hills())
    with rasterio.open(
        tmp_path / "two.tif", "w", driver="GTiff", height=9, width=9, count=2, dtype="float32", crs=5186, transform=GRID
    ) as two:
        two.write(np.stack([np.ones((9, 9)), np.full((9, 9), 2.0)]).astype("float32"))
    with pytest.raises(ConfigError, match="which band.*one of 1, 2"):
        read_dem(tmp_path / "two.tif", crs=TM)
    with pytest.raises(ConfigError, match="found band 3"):
        read_dem(tmp_path / "two.tif", crs=TM, band=3)
    assert (read_dem(tmp_path / "two.tif", crs=TM, band=2).z_m == 2).all()
    with pytest.raises(DataError, match="outside the area: one.tif"):
        read_dem(path, crs=TM, bounds_deg=(10, 50, 11, 51))
    with pytest.raises(ConfigError, match="no such terrain"):
        read_dem(tmp_path / "none.tif", crs=TM)
    with pytest.raises(ConfigError, match="download it first"):
        read_dem("https://example.org/dem.tif", crs=TM)
    with pytest.raises(ConfigError, match="projected CRS in metres"):
        read_dem(path, crs=pyproj.CRS.from_epsg(4326))
    for cell in (0.0, -5.0, math.nan, 1e-3):
        with pytest.raises(ConfigError, match="cell_m"):
            read_dem(path, crs=TM, cell_m=cell)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no terrain in the folder"):
        read_dem(tmp_path / "empty", crs=TM)
    with pytest.raises(ConfigError, match="found none"):
        read_dem([], crs=TM)


@pytest.mark.parametrize(
    ("transform", "crs", "told"),
    [
        (GRID, pyproj.CRS.from_epsg(4326), "WGS 84"),
        (Affine(30, 0, 0, 0, -40, 0), TM, "cells of 30 x 40"),
        (GRID @ Affine.rotation(5), TM, "rotated"),
        (GRID, pyproj.CRS.from_epsg(2229), "ftUS"),
    ],
)
def test_a_grid_that_is_not_square_metres_is_refused(transform, crs, told):
    with pytest.raises(DataError, match=told):
        Dem(np.zeros((4, 4), np.float32), transform, crs, 0.0, "made")


def test_results_are_cloud_optimised_and_repeat(tmp_path):
    items = np.random.default_rng(3).random((700, 900)).astype(np.float32)
    items[:50] = np.nan
    bands = {"items per km2": items, "items per km2, 5 %": items / 2}
    digests = set()
    for name in ("one.tif", "two.tif"):
        write_cog(tmp_path / name, bands, GRID, TM, tags={"units": "index", "simulated": "yes"})
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1
    with rasterio.open(tmp_path / "one.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG" and file.compression.name == "deflate"
        assert file.descriptions == tuple(bands) and math.isnan(file.nodata)
        assert file.overviews(1) == file.overviews(2) == [2, 4]
        assert file.tags()["units"] == "index" and file.crs.to_epsg() == 5186 and file.transform == GRID
        assert np.array_equal(file.read(1), items, equal_nan=True)
        assert np.isnan(file.read(1, out_shape=(175, 225))[:12]).all()
    again = read_dem(tmp_path / "one.tif", crs=TM, band=1)
    assert np.array_equal(again.z_m, items, equal_nan=True)
    with pytest.raises(ConfigError, match="one shape"):
        write_cog(tmp_path / "bad.tif", {"a": items, "b": items[:9]}, GRID, TM)
    with pytest.raises(ConfigError, match="one shape"):
        write_cog(tmp_path / "bad.tif", {}, GRID, TM)


def test_results_pass_the_reference_validator(tmp_path):
    validate = pytest.importorskip("rio_cogeo").cog_validate
    write_cog(tmp_path / "a.tif", {"depth": np.ones((600, 600), np.float32)}, GRID, TM)
    assert validate(str(tmp_path / "a.tif"), strict=True)[:1] == (True,)
