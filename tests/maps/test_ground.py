"""What lies below the layers: hillshade where light falls, the MGRS grid against pyproj, pictures only for who asks for them."""

import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pyproj
import pytest
from affine import Affine
from click.testing import CliRunner
from maps.country import terrain_atlas_of
from maps.hands import opened, until
from PIL import Image

from geo.errors import ConfigError
from geo.exchange.mgrs import mgrs
from geo.exchange.raster import Dem
from geo.maps.hillshade import MOST_BYTES, hillshade, lit, shade_codes
from geo.maps.labels import map_labels
from geo.maps.online import PictureServer, fault_of, server_of, tile_settings
from geo.maps.overlay import index_codes
from geo.maps.rasters import class_shares, raster_block, raster_style
from geo.maps.web import draw_map
from layers.cli import main
from layers.pictures import with_pictures

URL, CREDIT = "https://tiles.example/{z}/{x}/{y}.png", 'A <b>Surveyor</b> & "Sons"'
POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')


def plane(bearing_deg, n=9, slope=0.3):
    """Return heights [m] of cells of 10 m that fall towards a bearing."""
    east, north = np.meshgrid(np.arange(n) * 10.0, -np.arange(n) * 10.0)
    bearing = np.radians(bearing_deg)
    return -slope * (east * np.sin(bearing) + north * np.cos(bearing))


def cone(area, height_m=600.0, n=401, cell_m=30.0):
    """Return a terrain of one cone, and its summit [degrees]."""
    x, y = pyproj.Transformer.from_crs(4326, area.crs, always_xy=True).transform(127.2, 38.0)
    left, top = round(x) - n * cell_m / 2, round(y) + n * cell_m / 2
    away = np.hypot(*np.meshgrid(np.arange(n) - n // 2, np.arange(n) - n // 2)) * cell_m
    z_m = np.maximum(height_m - away / 5, 0).astype(np.float32)
    dem = Dem(z_m, Affine(cell_m, 0, left, 0, -cell_m, top), area.crs, 0.0, "cone")
    summit = pyproj.Transformer.from_crs(area.crs, 4326, always_xy=True).transform(left + n * cell_m / 2, top - n * cell_m / 2)
    return dem, summit


def rgba(picture):
    return np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGBA")).astype(int)


@pytest.mark.parametrize(("bearing", "bright"), [(315, True), (270, True), (0, True), (135, False), (90, False), (180, False)])
def test_slopes_towards_the_light_are_bright(bearing, bright):
    light = lit(plane(bearing), 10.0)
    assert np.allclose(light, light[0, 0])
    assert (light[0, 0] > 0.05) == bright
    assert (light[0, 0] < -0.05) != bright


def test_level_and_unknown_ground_is_left_clear():
    assert np.array_equal(lit(np.full((4, 4), 7.0), 10.0), np.zeros((4, 4)))
    z_m = plane(315)
    z_m[4, 4] = np.nan
    codes = shade_codes(lit(z_m, 10.0))
    assert codes[4, 3] == 0  # beside the unknown height
    assert codes[1, 1] > 8


def test_steeper_is_darker():
    shades = [float(lit(plane(135, slope=slope), 10.0)[2, 2]) for slope in (0.02, 0.1, 0.3)]
    assert shades == sorted(shades, reverse=True)


def test_the_hillshade_lies_where_the_terrain_lies(area):
    dem, (lon, lat) = cone(area)
    picture = hillshade(dem)
    west, south, east, north = picture.bounds
    pixels = rgba(picture)
    height, width = pixels.shape[:2]
    column = int((lon - west) / (east - west) * width)
    merc = [np.log(np.tan(np.pi / 4 + np.radians(at) / 2)) for at in (south, lat, north)]
    row = int((merc[2] - merc[1]) / (merc[2] - merc[0]) * height)
    step = 20
    north_west, south_east = pixels[row - step, column - step], pixels[row + step, column + step]
    assert north_west[3] > 0 and north_west[:3].tolist() == [255, 255, 255]
    assert south_east[3] > 0 and south_east[:3].max() < 80
    assert pixels[2, width // 2, 3] == 0  # level ground around the cone
    light = pixels[..., 3] * np.where(pixels[..., 0] == 255, 1, -1)
    held = np.abs(light) > 0
    rows, columns = np.nonzero(held)
    assert abs(rows.mean() - row) < 2 and abs(columns.mean() - column) < 2
    assert len(picture.png) <= MOST_BYTES
    assert hillshade(dem).png == picture.png
    channels = pixels[held][:, :3]
    assert (channels.max(axis=1) - channels.min(axis=1)).max() < 30  # no colour, so no green


def test_level_terrain_has_no_hillshade(area):
    dem, _ = cone(area, height_m=0.0)
    assert hillshade(dem) is None


def test_hillshade_on_the_page(quiet_page, area, atlas, page_path, tmp_path):
    page = opened(quiet_page, page_path)
    assert page.locator("#show-relief").count() == 0  # no terrain, no row
    dem, _ = cone(area)
    shaded = replace(atlas, relief=hillshade(dem))
    page = opened(quiet_page, draw_map(shaded).save(tmp_path / "atlas.html"))
    image = page.locator(".leaflet-relief-pane img")
    assert image.count() == 1
    level = {
        name: int(page.evaluate(f"atlas.map.getPane('{name}').style.zIndex")) for name in ("land", "relief", "density", "zones")
    }
    assert level["land"] < level["relief"] < min(level["density"], level["zones"])
    page.get_by_label("Opacity: Hillshade (terrain)").fill("0.3")
    assert page.evaluate("atlas.map.getPane('relief').style.opacity") == "0.3"
    page.locator("#show-relief").uncheck()
    assert image.count() == 0
    page.get_by_role("button", name="한국어").click()
    page.locator("label", has_text="음영기복 (지형)").click()
    assert image.count() == 1


def squares_drawn(page):
    return page.evaluate("[...document.querySelectorAll('.grid-square')].map((one) => one.textContent.replaceAll(' ', ''))")


@pytest.mark.parametrize(
    ("lat", "lon", "zoom", "step"), [(38.1, 127.4, 12, 1000), (38.1, 127.4, 9.5, 10_000), (37.9, 126.0, 10, 10_000)]
)
def test_the_grid_is_that_of_pyproj(quiet_page, page_path, lat, lon, zoom, step):
    page = opened(quiet_page, page_path)
    page.evaluate(f"void atlas.map.setView([{lat}, {lon}], {zoom}, {{animate: false}})")
    page.get_by_label("MGRS grid").check()
    assert page.evaluate("atlas.mgrsGrid.step") == step
    parts = page.evaluate(
        """[...Object.values(atlas.mgrsGrid.drawn._layers)].filter((one) => !one.options.dashArray)
           .flatMap((one) => one.getLatLngs().map((part) => part.map((at) => [at.lng, at.lat])))"""
    )
    assert len(parts) > 8
    used = set()
    for part in parts:
        lons, lats = np.array(part).T
        zone = 52 if lons.mean() > 126 else 51
        used.add(zone)
        assert lons.min() >= 6 * zone - 186 - 1e-9 and lons.max() <= 6 * zone - 180 + 1e-9
        metres = np.array(pyproj.Transformer.from_crs(4326, 32600 + zone, always_xy=True).transform(lons, lats))
        off = np.abs(metres - np.round(metres / step) * step).max(axis=1)
        assert off.min() < 3.0  # along one axis on a multiple of the step; where zones meet a chord is cut
    assert used == ({51, 52} if lon == 126.0 else {52})
    told = squares_drawn(page)
    assert told
    lon, lat = in_view(page)
    assert set(told) <= {text.replace(" ", "") for text in mgrs(lon, lat, 0)}


def in_view(page):
    """Return longitudes and latitudes of a lattice of places in view."""
    west, south, east, north = page.evaluate(
        "(() => { const b = atlas.map.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; })()"
    )
    return tuple(axis.ravel() for axis in np.meshgrid(np.linspace(west, east, 40), np.linspace(south, north, 30)))


def test_the_kilometres_of_the_grid_name_the_lines(quiet_page, page_path):
    """Two numbers along the edges and the letters of the square make a reference whose corner is where the lines cross."""
    page = opened(quiet_page, page_path)
    page.evaluate("void atlas.map.setView([38.1, 127.4], 12, {animate: false})")
    page.get_by_label("MGRS grid").check()
    ticks = page.evaluate(
        """[...document.querySelectorAll('.grid-tick')].map((one) => {
            const box = one.getBoundingClientRect(), map = atlas.map.getContainer().getBoundingClientRect();
            const at = atlas.map.containerPointToLatLng([box.x + box.width / 2 - map.x, box.y + box.height / 2 - map.y]);
            return [one.textContent, at.lng, at.lat, box.bottom > map.bottom - 20 ? 'east' : 'north'];
        })"""
    )
    assert len(ticks) > 20
    pixel_m = page.evaluate("atlas.metresPerPixel(atlas.map)")
    for text, lon, lat, which in ticks:
        x, y = pyproj.Transformer.from_crs(4326, 32652, always_xy=True).transform(lon, lat)
        metres = y if which == "north" else x
        km = round(metres / 1000)
        assert text == f"{km % 100:02d}"
        assert abs(metres - 1000 * km) < 2.5 * pixel_m
    boxes = page.evaluate("[...document.querySelectorAll('.grid-tick')].map((one) => one.getBoundingClientRect().toJSON())")
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    page.get_by_label("MGRS grid").uncheck()
    assert page.locator(".grid-tick, .grid-square, .leaflet-grid-pane path").count() == 0


def overlap(a, b, slack=1.0):
    """Whether two boxes on screen cover each other by more than a pixel."""
    wide = min(a["right"], b["right"]) - max(a["left"], b["left"])
    high = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
    return wide > slack and high > slack


@pytest.mark.parametrize("language", ["English", "한국어"])
def test_no_name_lies_over_another_or_under_a_button(quiet_page, page_path, language):
    page = opened(quiet_page, page_path)
    page.get_by_role("button", name=language).click()
    for zoom in (8, 9, 10, 11.5):
        page.evaluate(f"void atlas.map.setZoom({zoom}, {{animate: false}})")
        flat = "[...document.querySelectorAll('.label')].filter((one) => / rotate\\(0deg\\)/.test(one.style.transform))"
        boxes = page.evaluate(f"{flat}.map((one) => one.getBoundingClientRect().toJSON())")
        parts = "[...document.querySelectorAll('.leaflet-control, #marks > p')]"
        over = [box for box in page.evaluate(f"{parts}.map((one) => one.getBoundingClientRect().toJSON())") if box["width"]]
        assert boxes
        assert not any(overlap(a, b, 2.0) for i, a in enumerate(boxes) for b in [*boxes[:i], *over])


def test_a_long_river_is_named_on_every_stretch(atlas):
    named = [one for one in map_labels(atlas) if one["layer"] == "rivers"]
    river = atlas["rivers"].frame.geometry.iloc[0]
    assert len(named) == min(16, round(river.length / 0.08))
    assert {one["zoom"] for one in named} == {8.5}  # wide


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://tiles.example/{z}/{x}/{y}.png", "not https"),
        ("//tiles.example/{z}/{x}/{y}.png", "not https"),
        ("https://tiles.example/{z}/{x}.png", "lacks {y}"),
        ("https://tiles.example/{z}/{x}/{y}/{y}.png", "{y} stands twice"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "the blank {s} is unknown"),
        ("https://tiles.example/{z}/{x}/{y}.png?a={", "the blank { is unknown"),
        ("https://user:secret@tiles.example/{z}/{x}/{y}.png", "no plain server name"),
        ("https://*/{z}/{x}/{y}.png", "no plain server name"),
        ("https://tiles.example; script-src */{z}/{x}/{y}.png", "holds spaces or letters that are not ASCII"),
        ("https://tiles.example;script-src/{z}/{x}/{y}.png", "no plain server name"),
        ("https://지도.example/{z}/{x}/{y}.png", "holds spaces or letters that are not ASCII"),
        ("https:///{z}/{x}/{y}.png", "no plain server name"),
        ("", "empty"),
    ],
)
def test_a_bad_template_is_refused(url, fault):
    assert fault_of(url) == fault
    with pytest.raises(ConfigError, match="--tiles"):
        PictureServer(url, CREDIT)


def test_near_misses_are_accepted():
    for url in (URL, "https://tiles.example:8443/a/{z}/{y}/{x}?style=a&key=b", "HTTPS://Tiles.Example/{z}/{x}/{y}"):
        assert fault_of(url) == ""
    assert PictureServer("https://Tiles.Example:8443/{z}/{x}/{y}", CREDIT).origin == "https://tiles.example:8443"


def test_a_server_needs_a_credit_and_a_credit_a_server():
    for given in ((URL, None), (URL, " "), (None, CREDIT)):
        with pytest.raises(ConfigError, match="--tiles-attribution"):
            tile_settings(*given)
    assert server_of({}) is None
    assert server_of(tile_settings(URL, CREDIT)).attribution == CREDIT


def test_the_policy_lets_through_one_server_and_only_for_pictures(atlas):
    plain, named = (POLICY.search(draw_map(one).html)[1] for one in (atlas, with_pictures(atlas, URL, CREDIT)))
    assert "://" not in plain
    rules = {rule.split()[0]: rule.split()[1:] for rule in named.split("; ")}
    assert rules.pop("img-src") == ["data:", "blob:", "https://tiles.example"]
    assert not any("://" in word or "*" in word for words in rules.values() for word in words)
    assert rules["connect-src"] == ["'none'"]


def test_pictures_are_asked_for_only_once_switched_on(browser, atlas, tmp_path):
    path = draw_map(with_pictures(atlas, URL, CREDIT)).save(tmp_path / "atlas.html")
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-US")
    asked, faults = [], []
    buffer = io.BytesIO()
    Image.new("RGB", (256, 256), (0, 160, 0)).save(buffer, "PNG")

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="image/png", body=buffer.getvalue())

    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), answer)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page = opened(page, path)
    page.evaluate("void atlas.map.setZoom(10, {animate: false})")
    assert asked == []
    assert not page.locator("#tiles-mark").is_visible()
    assert page.locator("#tree").get_by_text("Off. Once on, this page asks tiles.example for pictures").is_visible()
    box = page.get_by_label("Online pictures from tiles.example")
    assert not box.is_checked()
    with page.expect_response(lambda response: "tiles.example" in response.url):
        box.check()
    assert all(re.fullmatch(r"https://tiles\.example/\d+/\d+/\d+\.png", url) for url in asked)
    assert "this page asks tiles.example for pictures and so tells it where you look" in page.locator("#tiles-mark").inner_text()
    page.get_by_role("button", name="한국어").click()
    assert "tiles.example 서버에 그림을 요청하고 있으며" in page.locator("#tiles-mark").inner_text()
    assert CREDIT in page.locator(".leaflet-control-attribution").inner_text()  # as text, never as markup
    assert page.locator(".leaflet-control-attribution b").count() == 0
    assert "grayscale" in page.evaluate("getComputedStyle(atlas.map.getPane('tiles')).filter")
    until(page, "document.querySelectorAll('.leaflet-tiles-pane img').length > 0 && !atlas.backdrop.tiles.layer.isLoading()")
    shot = np.asarray(Image.open(io.BytesIO(page.locator(".folium-map").screenshot())).convert("RGB")).astype(int)
    assert (shot[..., 1] - np.maximum(shot[..., 0], shot[..., 2])).max() < 12  # green pictures come out grey
    box = page.locator("#show-tiles")
    box.uncheck()
    n_asked = len(asked)
    page.evaluate("void atlas.map.setZoom(8, {animate: false})")
    page.wait_for_timeout(200)
    assert len(asked) == n_asked
    assert not page.locator("#tiles-mark").is_visible()
    assert faults == []
    context.close()


def test_cells_that_few_runs_reach_are_undetermined(area):
    atlas = terrain_atlas_of(area)
    raster = atlas.raster
    column = raster.cell % raster.shape[1]
    share = np.where(column < 100, 1.0, 0.5).astype(np.float32)
    choices = {one["key"]: one for one in raster_block(atlas)["choices"]}
    assert "share" not in choices and len(choices["south"]["classes"]) == 3  # every run reaches every cell
    told = replace(atlas, raster=replace(raster, bands={**raster.bands, "share_of_members_wet": share}))
    choices = {one["key"]: one for one in raster_block(told)["choices"]}
    assert [one["key"] for one in choices["south"]["classes"]] == ["high", "middle", "lower", "undetermined"]
    assert "67 %" in choices["south"]["classes"][-1]["en"] and "67 %" in choices["south"]["classes"][-1]["ko"]
    assert [one["en"] for one in choices["share"]["classes"]] == [
        *("95–100 %", "75–95 %", "50–75 %", "25–50 %", "5–25 %", "0–5 %"),
    ]
    single = replace(told, parameters={"members": 1})
    assert "share" not in {one["key"] for one in raster_block(single)["choices"]}


def test_the_qgis_style_cuts_the_index_where_the_page_does(area):
    atlas = terrain_atlas_of(area)
    root = ElementTree.fromstring(raster_style(atlas.raster, atlas.area))
    renderer = root.find("pipe/rasterrenderer")
    bands = list(atlas.raster.bands)
    assert bands[int(renderer.get("band")) - 1] == "south_items_km2_mean"
    items = renderer.findall(".//item")
    edges = np.array([float(item.get("value")) for item in items])
    assert edges[-1] == np.inf and (np.diff(edges) > 0).all()
    values = atlas.raster.bands["south_items_km2_mean"]
    codes = index_codes(values, class_shares(atlas.area))
    assert set(codes.tolist()) == {1, 2, 3}
    tied = np.isin(values, [values[codes == 3].min(), values[codes == 2].min()])  # equal values cannot be parted by an edge
    assert np.array_equal(np.searchsorted(edges, values)[~tied] + 1, codes[~tied])
    assert [item.get("color") for item in items] == ["#BDBDBD", "#807DBA", "#54278F"]
    assert "50 %" in items[2].get("label") and "90 %" in items[1].get("label") and "우선순위 낮음" in items[0].get("label")
    assert raster_style(None, atlas.area) is None


def test_the_page_tells_an_undetermined_cell(quiet_page, area, tmp_path):
    atlas = terrain_atlas_of(area)
    share = np.full(len(atlas.raster.cell), 0.5, np.float32)
    doubtful = replace(atlas, raster=replace(atlas.raster, bands={**atlas.raster.bands, "share_of_members_wet": share}))
    page = opened(quiet_page, draw_map(doubtful).save(tmp_path / "atlas.html"))
    page.locator("input[name=raster][value=south]").check()
    legend = page.get_by_role("region", name="Legend")
    assert legend.get_by_text("Undetermined: fewer than 67 % of the runs reach the cell").is_visible()
    found = page.evaluate("atlas.rasterClassAt(L.latLngBounds(atlas.raster.chosen.bounds).getCenter())")
    assert found["key"] == "undetermined"


def test_the_command_names_a_server_and_the_build_can_be_verified(tmp_path, monkeypatch, demo_build):
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    refused = run(
        main, ["build", "demo", "-o", "a", "--tiles", "http://tiles.example/{z}/{x}/{y}.png", "--tiles-attribution", "A"]
    )
    assert refused.exit_code == 2
    assert "not https" in refused.output
    assert not (tmp_path / "a").exists()
    named = ["--tiles", URL, "--tiles-attribution", CREDIT]
    assert run(main, ["-q", "build", "demo", "-o", "a", *named]).exit_code == 0
    page = (tmp_path / "a" / "atlas.html").read_text(encoding="utf-8")
    assert "img-src data: blob: https://tiles.example;" in page
    assert run(main, ["verify", "a"]).exit_code == 0
    built = str(demo_build[0])
    plain = (demo_build[0] / "atlas.html").read_text(encoding="utf-8")
    assert "tiles.example" not in plain
    assert run(main, ["map", built, "-o", "c.html", *named]).exit_code == 0
    assert (tmp_path / "c.html").read_text(encoding="utf-8") == page
    assert run(main, ["map", built, "-o", "d.html"]).exit_code == 0
    assert (tmp_path / "d.html").read_text(encoding="utf-8") == plain
