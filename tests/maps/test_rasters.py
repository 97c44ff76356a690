"""The page of a build with terrain and an ensemble: its pictures, its slide cells, the bands of its index, what feeds a place."""

import re

import numpy as np
import pytest
from maps.country import CELL_M, MARK, terrain_atlas_of
from maps.hands import opened, until
from pyproj import Transformer

from geo.maps.content import described
from geo.maps.payload import layer_block
from geo.maps.rasters import raster_block
from geo.maps.web import draw_map
from geo.styles import qgis_styles

FED_EN = (
    "What floods could bring here comes from (reaches, never single fields): south: r-2 34 % (20-50 %), r-3 12 % (5-20 %); north:"
)
FED_KO = (
    "홍수가 이곳으로 옮겨 올 수 있는 것이 시작되는 하천 구간(개별 지뢰지대는 밝히지 않음): "
    "남측: r-2 34 % (20-50 %), r-3 12 % (5-20 %); 북측: r-1 80 %"
)


@pytest.fixture(scope="module")
def terrain_atlas(area):
    return terrain_atlas_of(area)


@pytest.fixture(scope="module")
def terrain_path(terrain_atlas, drawn):
    return drawn("terrain", lambda: terrain_atlas)


def chosen(page, key):
    page.locator(f"input[name=raster][value='{key}']").check()
    if key:
        until(page, "atlas.raster.picture.getElement().naturalWidth > 0")


def popup_of(page, name, row):
    page.evaluate(f"atlas.openFeature(atlas.map, atlas.layers.find((one) => one.name === '{name}'), {row}, L.latLng(38, 127))")
    return page.locator(".popup").last.inner_text()


def test_the_page_stays_small_and_repeats(terrain_atlas, terrain_path):
    assert terrain_path.stat().st_size < 1_000_000
    assert draw_map(terrain_atlas).html == terrain_path.read_text(encoding="utf-8")


def test_a_picture_lies_where_leaflet_puts_its_corners(quiet_page, terrain_atlas, terrain_path):
    """And each marked cell reads back, at its own place and at two zooms, as the class it was given."""
    page = opened(quiet_page, terrain_path)
    assert page.locator(".leaflet-raster-pane img").count() == 0
    chosen(page, "south")
    raster = terrain_atlas.raster
    forth = Transformer.from_crs(raster.crs, 4326, always_xy=True)
    rows, columns = raster.shape
    x0, y0 = raster.transform.c, raster.transform.f
    for zoom in (10, 12):
        centre = "L.latLngBounds(atlas.raster.chosen.bounds).getCenter()"
        page.evaluate(f"void atlas.map.setView({centre}, {zoom}, {{ animate: false }})")
        off = page.evaluate(
            """(() => {
              const box = document.querySelector('.leaflet-raster-pane img').getBoundingClientRect();
              const frame = atlas.map.getContainer().getBoundingClientRect();
              const bounds = L.latLngBounds(atlas.raster.chosen.bounds);
              const [nw, se] = [bounds.getNorthWest(), bounds.getSouthEast()].map((one) => atlas.map.latLngToContainerPoint(one));
              const [x, y] = [frame.left, frame.top];
              const far = [box.left - x - nw.x, box.top - y - nw.y, box.right - x - se.x, box.bottom - y - se.y];
              return Math.max(...far.map(Math.abs));
            })()"""
        )
        assert off <= 1.5  # Leaflet rounds to whole pixels
        for row, column in ((0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)):
            lon, lat = forth.transform(x0 + CELL_M * (column + 0.5), y0 - CELL_M * (row + 0.5))
            assert page.evaluate(f"atlas.rasterClassAt(L.latLng({lat}, {lon})) !== null")
    lon, lat = forth.transform(x0 + CELL_M * columns / 2, y0 - CELL_M * 10)
    assert page.evaluate(f"atlas.rasterClassAt(L.latLng({lat}, {lon}))") is None  # between the corners nothing is marked
    lon, lat = forth.transform(x0 + CELL_M * 0.5, y0 - CELL_M * 60)
    page.evaluate(f"void atlas.map.fire('click', {{ latlng: L.latLng({lat}, {lon}) }})")
    assert "fields, south: Higher: densest cells, 50 % of the index" in page.locator(".popup").inner_text()


def test_one_picture_at_a_time_with_its_legend(quiet_page, terrain_path):
    page = opened(quiet_page, terrain_path)
    legend = page.get_by_role("region", name="Legend")
    for name in ("planned_minefields", "unconfirmed_minefields", "flood_displacement"):
        page.locator(f"#show-{name}").uncheck()
    assert not page.locator("#mark").is_visible()
    for key, text in (("south", "Lower priority: the rest"), ("north", "Lower priority: the rest"), ("depth", "> 4 m")):
        chosen(page, key)
        assert page.locator(".leaflet-raster-pane img").count() == 1
        assert legend.get_by_text(text).is_visible()
        assert legend.get_by_text("modelled, simulated; cells of 100 m").is_visible()
        assert page.locator("#mark").inner_text() == MARK  # what a model tells is no observation
    assert legend.get_by_text("Screening index").count() == 0
    assert page.locator("#tree").get_by_text("heights may be metres off").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".leaflet-raster-pane img").is_visible()
    assert legend.get_by_text("Flood depth, m, on this terrain model").is_visible()
    page.emulate_media(media="screen")
    chosen(page, "")
    assert page.locator(".leaflet-raster-pane img").count() == 0
    assert not page.locator("#mark").is_visible()


def test_bands_slides_and_what_feeds_a_place(quiet_page, terrain_path):
    page = opened(quiet_page, terrain_path)
    legend = page.get_by_role("region", name="Legend")
    assert legend.get_by_text("Flood screening: slides from hill sites are not in it.").is_visible()
    told = popup_of(page, "flood_displacement", 1)
    assert "0.51 (0.13–1.69; rank only)" in told
    assert "5–95 % of the ensemble of 200 runs; conditional on listed assumptions." in told
    assert "source reaches: r-2 60 %, r-3 under 1 %" in told
    assert not re.search(r"NaN|From the river|^(5|50|95) %$", told, flags=re.M)
    assert "4, reached only by wider floods of the ensemble" in popup_of(page, "flood_displacement", 3)
    assert FED_EN in popup_of(page, "places", 0)
    assert "What floods could bring" not in popup_of(page, "places", 1)
    page.get_by_label("Slide-displacement screening cells").check()
    assert page.locator(".leaflet-screening-pane path").count() == 4 + 8
    assert legend.get_by_text("Slide screening: lower priority").is_visible()
    told = popup_of(page, "hillslope_displacement", 3)
    for text in ("0.012 (0.001–0.200; rank only)", "Undetermined", "What floods move is not in them", "0.030 %", "42 %"):
        assert text in told
    page.get_by_role("button", name="한국어").click()
    assert FED_KO in popup_of(page, "places", 0)
    told = popup_of(page, "flood_displacement", 1)
    assert "0.51 (0.13–1.69; 순위용)" in told
    assert "계산 200회로 이루어진 앙상블의 5~95 % 범위이며, 제시한 가정을 전제로 합니다." in told
    assert "발생 구간: r-2 60 %, r-3 1 % 미만" in told


def test_every_modelled_layer_has_a_text_of_its_own(terrain_atlas):
    told = {name: described(terrain_atlas, layer)["warnings"] for name, layer in terrain_atlas.layers.items()}
    modelled = {name: keys for name, keys in told.items() if terrain_atlas[name].basis == "modelled"}
    assert modelled == {
        "flood_displacement": ["screening"],
        "hillslope_displacement": ["slides"],
        "mined_density": ["expected"],
    }


def test_one_run_is_told_to_have_no_band(atlas, terrain_atlas):
    assert described(terrain_atlas, terrain_atlas["hillslope_displacement"])["band"]["en"].startswith("5–95 %")
    single = terrain_atlas["flood_displacement"].frame
    flat = single.assign(**{name: single["index"] for name in ("q05", "q50", "q95")})
    layer = terrain_atlas_of(terrain_atlas.area, {"flood_displacement": lambda frame: flat})["flood_displacement"]
    assert described(terrain_atlas, layer)["band"]["ko"] == "한 번의 계산이며 범위가 없습니다."
    assert not {"q05", "q95"} & set(layer_block(layer)["columns"])


def test_qgis_draws_the_slide_cells_by_class(terrain_atlas):
    style = qgis_styles(terrain_atlas.layers)["hillslope_displacement"]
    assert "'slide_' || &quot;class&quot;" in style
    assert all(f'value="slide_{word}"' in style for word in ("high", "middle", "lower", "undetermined"))
    assert "산사태 선별: 우선순위 낮음" in style


def test_pictures_are_not_drawn_closer_than_the_zones(terrain_atlas):
    assert raster_block(terrain_atlas)["zoom_cap"] == described(terrain_atlas, terrain_atlas["flood_displacement"])["zoom_cap"]
    assert np.isfinite([one["bounds"] for one in raster_block(terrain_atlas)["choices"]]).all()
