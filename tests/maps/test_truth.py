"""What the page says of its layers is true of this atlas: precision, what was supplied, what was assumed, whose names."""

import base64
import json
import re
import zlib
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from maps.country import atlas_of

import layers
from geo.maps.content import config, described, fed_by, fixed_texts, generalised, subtitle
from geo.maps.tables import all_tables
from geo.maps.web import draw_map
from geo.steps import unpacked_steps

SCHEMATIC = {"mdl": "±500 m", "dmz": "±500 m", "mcz": "±5,000 m"}
OFF = {"places": "3 km", "incidents": "2 km", "cleared_areas": "4–15 km"}


def supplied(frame):
    return frame.assign(basis="supplied")


def nothing_stated(frame):
    return frame.assign(**{name: np.nan for name in ("precision_m", "uncertainty_km", "accuracy_km") if name in frame})


@pytest.fixture(scope="module")
def half_supplied(area):
    return atlas_of(area, {"planned_minefields": supplied})


@pytest.fixture(scope="module")
def all_supplied(area):
    return atlas_of(area, dict.fromkeys(("planned_minefields", "unconfirmed_minefields"), supplied))


def test_only_schematic_zones_are_told_to_be_schematic_and_with_their_own_precision(atlas):
    texts = {name: described(atlas, layer)["texts"] for name, layer in atlas.layers.items()}
    declared = {name: text["declared"]["en"] for name, text in texts.items() if "declared" in text}
    assert set(declared) == set(SCHEMATIC)
    assert all(f"about {metres};" in declared[name] for name, metres in SCHEMATIC.items())


def test_points_tell_how_far_off_they_may_be(atlas):
    texts = {name: described(atlas, layer)["texts"] for name, layer in atlas.layers.items()}
    placed = {name: text["placed"] for name, text in texts.items() if "placed" in text}
    assert {name: text["en"] for name, text in placed.items()} == {
        name: f"Placed at the named place; may be off by about {km}." for name, km in OFF.items()
    }
    assert placed["places"]["ko"] == "지명 위치에 표시; 약 3 km 어긋날 수 있음"


@pytest.mark.parametrize("name", [*SCHEMATIC, *OFF])
def test_no_precision_no_text(area, name):
    atlas = atlas_of(area, {name: nothing_stated})
    block = described(atlas, atlas[name])
    assert block["precision_m"] is None
    assert block["warnings"] == []


def test_the_subtitle_tells_what_is_supplied_and_what_is_simulated(atlas, half_supplied, all_supplied):
    assert re.fullmatch(r"Simulated minefields: .* icbl-2007 \(2006\); .* not real\.", subtitle(atlas)["en"])
    assert subtitle(half_supplied)["en"].startswith("Planned minefields: supplied, shown as 1 km cells, not as outlines. Unconf")
    half_supplied, all_supplied = (replace(one, tier="restricted") for one in (half_supplied, all_supplied))
    assert re.fullmatch(
        r"Planned minefields: supplied, taken as it stands\. Unconfirmed minefields \(simulated\): .*not real\.",
        subtitle(half_supplied)["en"],
    )
    assert subtitle(half_supplied)["ko"].startswith("계획지뢰지대: 제공 자료를 그대로 표시. 미확인지뢰지대(모의): 개수")
    assert subtitle(all_supplied)["en"] == "Planned minefields, Unconfirmed minefields: supplied, taken as it stands."
    assert "Simulated minefields" not in draw_map(all_supplied).html


def test_the_words_for_what_fed_the_screening_zones(atlas, half_supplied, all_supplied):
    told = [fed_by(one)["en"] for one in (atlas, half_supplied, all_supplied)]
    assert told == [
        "from expected (simulated) fields, south",
        "from supplied and simulated fields, south",
        "from supplied fields, south",
    ]
    assert config(half_supplied, {})["words"]["origin_south"]["ko"] == "남측 제공 자료와 모의 배치에서"


def test_traced_hazards_are_told_to_be_generalised(area):
    assert generalised(atlas_of(area, {"planned_minefields": lambda frame: frame.assign(basis="digitised")}))


def test_the_size_of_the_public_cells_is_that_of_the_generalisation(atlas):
    assert "generalised to 1 km cells" in fixed_texts(atlas)["tier_public"]["en"]


def test_provinces_are_named_by_the_area(demo):
    values = config(demo, {})["values"]
    assert values["westmark"] == {"en": "Westmark", "ko": "서주"}
    assert values["south_eastmark"] == {"en": "south, Eastmark", "ko": "남측 동주"}
    assert "gyeonggi" not in values


def test_parameters_are_a_table_of_the_about_tab(atlas):
    rows = {"name": ["front_km"], "value": [5.0], "unit": ["km"], "tag": ["assumed"], "source": [""]}
    [found] = [one for one in all_tables(replace(atlas, assumed=pd.DataFrame(rows))) if one["id"] == "assumed"]
    assert found["tab"] == "about"
    assert found["title"] == {"en": "Assumed and other parameters", "ko": "가정값과 매개변수"}
    assert found["rows"] == [["front_km", "5", "km", "assumed", ""]]


def blocks(html):
    """Return every data block of a page, decoded."""
    found = re.findall(r'<script type="application/json" id="data-([^"]+)">([^<]*)</script>', html)
    assert len(found) == html.count('type="application/json"')
    return {name: json.loads(zlib.decompress(base64.b64decode(text))) for name, text in found}


def vertices(block):
    """Return all points of a decoded layer [degrees], shape (n, 2)."""
    return np.concatenate(
        [np.column_stack([unpacked_steps(one["x"]), unpacked_steps(one["y"])]) / 10 ** one["decimals"] for one in block["sets"]]
    )


STEM, IDS = "Kdo_Bn7_fields", ("QXV-7", "QXV-8")  # of the user's file and fields


@pytest.fixture(scope="module")
def fields(demo):
    west, south, east, north = demo["mcz"].frame.total_bounds
    at = shapely.Point((west + east) / 2 + 0.0012345, (south + north) / 2 + 0.0023456)
    shapes = [at.buffer(0.003, quad_segs=3), shapely.transform(at.buffer(0.002, quad_segs=2), lambda points: points + 0.031)]
    return gpd.GeoDataFrame({"id": IDS, "land_class": "SHA"}, geometry=shapes, crs="EPSG:4326")


@pytest.fixture(scope="module")
def public_html(fields, tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / f"{STEM}.geojson"
    fields.to_file(path)
    return draw_map(layers.build("demo", unconfirmed=path, tier="public")).html


def test_the_public_page_holds_no_file_name_and_no_id_of_the_user(public_html):
    text = public_html + json.dumps(blocks(public_html), ensure_ascii=False)
    assert [word for word in (STEM, *IDS) if word in text] == []


def test_the_public_page_holds_no_vertex_and_no_coordinate_of_the_user(public_html, fields):
    own = fields.get_coordinates().to_numpy()
    found = blocks(public_html)
    for name in [name for name, block in found.items() if block and "sets" in block]:
        nearest = np.abs(vertices(found[name])[:, None] - own[None]).max(axis=2).min()
        assert nearest > 2e-5, f"a vertex of {name} is a supplied one"
    text = public_html + json.dumps(found)
    assert [number for number in own.ravel() if f"{number:.4f}" in text] == []


def test_the_public_page_shows_cells(public_html):
    block = blocks(public_html)["unconfirmed_minefields"]
    assert block["symbols"] == ["sha"]
    assert block["precision_m"] == 1000


@pytest.mark.parametrize("tier", ["public", "restricted"])
def test_a_page_of_supplied_fields_alone_opens_and_says_so(quiet_page, tmp_path, tier):
    """With both kinds supplied the expectation grid is empty; the page must be whole all the same."""
    paths = {}
    for kind, west in (("planned", -27.02), ("unconfirmed", -26.95)):
        frame = gpd.GeoDataFrame({"hazard_id": [kind]}, geometry=[shapely.box(west, 19.95, west + 0.01, 19.96)], crs=4326)
        paths[kind] = tmp_path / f"{kind}.gpkg"
        frame.to_file(paths[kind])
    atlas = layers.build("demo", tier=tier, **paths)
    assert len(atlas["mined_density"].frame) == 0
    path = draw_map(atlas).save(tmp_path / "atlas.html")
    quiet_page.goto(path.as_uri())
    quiet_page.wait_for_selector('html[data-ready="11"]', state="attached")
    quiet_page.wait_for_selector("#notice", state="hidden")
    quiet_page.get_by_role("button", name="English").click()
    assert quiet_page.locator("#tab-layers input[type=checkbox]").count() >= 11
    told = {"restricted": "supplied, taken as it stands", "public": "supplied, shown as 1 km cells, not as outlines"}
    assert quiet_page.get_by_text(told[tier]).first.is_visible()
    mark = quiet_page.locator("#mark")
    assert mark.is_visible() and ("RESTRICTED" in mark.inner_text()) == (tier == "restricted")
