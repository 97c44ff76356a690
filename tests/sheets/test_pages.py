"""Which sheets an atlas has: what fits on one, what takes several, and what is refused."""

import re
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from maps.country import survey_atlas_of
from matplotlib import rc_context

from geo.errors import ConfigError
from geo.generalise import as_shown
from geo.measure import total_km2
from geo.sheets.about import Place, about, dataset_sha256, latest_year, outline
from geo.sheets.counts import counts_of
from geo.sheets.draw import Drawn, Look, draw_layers, map_axes, paper_figure
from geo.sheets.fonts import lettering
from geo.sheets.lettering import wrapped
from geo.sheets.pages import SCHEMATIC_FINEST, Wanted, finest_scale, footprints, pages_of
from geo.sheets.pdf import draw_sheet
from geo.sheets.view import footprint

A4 = (210.0, 297.0)


def wanted(**more):
    return Wanted(A4, **more)


def test_one_sheet_shows_all_of_the_zones(atlas):
    (page,) = pages_of(atlas, wanted())
    zones = shapely.box(*atlas["mcz"].frame.total_bounds)
    assert footprint(page.view).contains(zones)
    assert page.name["en"] == "Overview" and page.view.scale % 1000 == 0


def test_a_small_place_at_a_scale_takes_one_sheet_with_the_place_in_its_middle(atlas):
    (page,) = pages_of(atlas, wanted(scale=50_000, bbox=(127.09, 38.09, 127.11, 38.11)))
    middle = footprint(page.view).centroid
    assert (middle.x, middle.y) == pytest.approx((127.1, 38.1), abs=0.002)


def test_sheets_of_a_larger_place_meet_edge_to_edge_and_cover_it(atlas):
    bbox = (127.0, 38.0, 127.2, 38.15)
    pages = pages_of(atlas, wanted(scale=50_000, bbox=bbox))
    boxes = [shapely.box(*page.view.bounds_m) for page in pages]
    assert len(boxes) > 2 and len({page.view.zone for page in pages}) == 1
    whole = shapely.union_all(boxes)
    assert whole.area == pytest.approx(sum(box.area for box in boxes), rel=1e-3)  # whole metres: a seam may be a metre wide
    assert shapely.union_all(footprints(pages)).buffer(1e-4).contains(shapely.box(*bbox))
    assert [page.name["en"] for page in pages] == [f"Detail {place}/{len(pages)}" for place in range(1, len(pages) + 1)]
    assert pages[0].view.bounds_m[3] == max(page.view.bounds_m[3] for page in pages)  # read from the north-west on


def test_an_atlas_by_river_has_an_overview_and_a_sheet_a_river(atlas):
    pages = pages_of(atlas, wanted(), "river")
    assert [page.name["en"] for page in pages] == ["Overview", *atlas["rivers"].frame.name_en]
    shape = atlas["rivers"].frame.geometry.iloc[0]
    assert footprint(pages[1].view).contains(shape)


def test_an_atlas_by_river_at_a_scale_follows_the_river(atlas):
    pages = pages_of(atlas, wanted(scale=100_000), "river")
    river = atlas["rivers"].frame.geometry.iloc[0]
    assert len(pages) > 3
    assert all(box.intersects(river) for box in footprints(pages[1:]))


def test_an_atlas_by_district_needs_districts(atlas):
    frame = gpd.GeoDataFrame(
        {"name_en": ["West"], "name_ko": ["서쪽"]}, geometry=[shapely.box(126.8, 37.9, 127.2, 38.2)], crs=4326
    )
    pages = pages_of(atlas, wanted(), "district", frame)
    assert [page.name["ko"] for page in pages] == ["개관", "서쪽"]
    with pytest.raises(ConfigError, match="no districts"):
        pages_of(atlas, wanted(), "district")
    with pytest.raises(ConfigError, match="unknown kind of atlas: --atlas: expected river or district, found county"):
        pages_of(atlas, wanted(), "county")


@pytest.mark.parametrize(
    ("bbox", "told"),
    [
        ((127.2, 38.0, 127.0, 38.1), "west < east"),
        ((127.0, 38.0, 127.0, 38.1), "west < east"),
        ((127.0, 38.2, 127.2, 38.1), "south < north"),
        ((37.0, 127.0, 38.0, 128.0), "bounds outside the study area"),
        ((0.0, 0.0, 1.0, 1.0), "bounds outside the study area"),
        (
            (float("nan"), 38.0, 127.0, 38.1),
            "expected four numbers, found nan,38,127,38.1: write west,south,east,north in degrees",
        ),
        ((127.0, 38.0, float("inf"), 38.1), "expected four numbers, found 127,38,inf,38.1"),
    ],
)
def test_bounds_that_show_nothing_are_refused(atlas, bbox, told):
    with pytest.raises(ConfigError, match=told):
        pages_of(atlas, wanted(bbox=bbox))


def test_schematic_shapes_are_not_blown_up(atlas):
    assert finest_scale(atlas) == SCHEMATIC_FINEST
    assert pages_of(atlas, wanted(scale=25_000, bbox=(127.09, 38.09, 127.11, 38.11)))
    with pytest.raises(
        ConfigError, match="scale larger than the data are exact: --scale: expected 1:25000 or smaller, found 1:24999"
    ):
        pages_of(atlas, wanted(scale=24_999, bbox=(127.09, 38.09, 127.11, 38.11)))


def test_a_survey_may_be_drawn_as_large_as_it_is_exact(korea_area):
    exact = survey_atlas_of(korea_area)  # places known to 2 m: 5 mm at 1:400, but no sheet is larger than 1:1000
    assert finest_scale(exact) == 1000


def test_an_atlas_by_river_needs_rivers(atlas):
    dry = replace(atlas["rivers"], frame=atlas["rivers"].frame.iloc[:0])
    layers = {name: layer for name, layer in atlas.layers.items() if name != "rivers"}
    for shown in (layers, layers | {"rivers": dry}):
        with pytest.raises(ConfigError, match="no rivers: --atlas river: leave --atlas out"):
            pages_of(replace(atlas, layers=shown), wanted(), "river")


def test_too_many_sheets_are_refused_before_any_is_drawn(atlas):
    with pytest.raises(ConfigError, match="too many sheets: --scale: expected 300 at most, found"):
        pages_of(atlas, wanted(scale=25_000, bbox=(125.0, 37.0, 129.0, 39.0)))


def told(atlas, page, symbols):
    drawn = Drawn(None, {key: Look((layer,)) for key, layer in symbols.items()})
    return about(atlas, page.view, Place(page.name), drawn=drawn, grid=None, lettering=lettering(page.view.language))


def test_the_legend_tells_soft_bands_circles_and_the_grey_strip(atlas):
    (page,) = pages_of(atlas, wanted())
    looks = {
        "mdl": Look(("mdl",), (1.0, 1.0)), "dmz": Look(("dmz",)), "sha": Look(("unconfirmed_minefields",), (0.0, 2.0)),
        "incidents": Look(("incidents",), circled=True),
    }  # fmt: skip
    found = about(atlas, page.view, Place(page.name), drawn=Drawn(None, looks, True), grid=None, lettering=lettering("en"))
    texts = {symbol.key: text for symbol, text in found.legend}
    assert texts["mdl"]["en"].endswith("± 500 m; soft band, no exact line") and texts["mdl"]["ko"].endswith(
        "흐린 띠, 정확한 선 아님"
    )
    assert "soft" not in texts["dmz"]["en"] and "soft band where less exact" in texts["sha"]["en"]
    assert texts["incidents"]["en"].endswith("anywhere in its circle")
    assert texts["beyond"]["en"].startswith("Outside the study area") and found.legend[-1][0].key == "beyond"
    assert found.soft_mm == {"mdl": 1.0}  # a symbol with crisp edges among the soft ones has a crisp swatch
    inside = about(atlas, page.view, Place(page.name), drawn=Drawn(None, looks), grid=None, lettering=lettering("en"))
    assert "beyond" not in [symbol.key for symbol, _ in inside.legend]


def test_the_hatch_of_a_cell_is_said_to_be_no_limit_of_a_field(korea_area):
    for tier in ("public", "restricted"):
        shown = as_shown(survey_atlas_of(korea_area, tier=tier))
        (page,) = pages_of(shown, wanted())
        symbols = {"cha": "unconfirmed_minefields", "planned_simulated": "planned_minefields"}
        texts = {symbol.key: text for symbol, text in told(shown, page, symbols).legend}
        assert ("hatch: the 1 km cell itself, not a field's limit" in texts["cha"]["en"]) == (tier == "public")
        assert ("1 km 격자" in texts["cha"]["ko"]) == (tier == "public")
        assert "cell" not in texts["planned_simulated"]["en"]


@pytest.mark.parametrize(
    ("bbox", "keys"),
    [
        ((127.48, 38.02, 127.52, 38.06), ()),  # between Pocheon and Hwacheon, at 1:25,000
        ((127.3, 37.9, 127.6, 38.1), ("border",)),
        ((126.4, 37.7, 126.5, 37.8), ("sea",)),
        ((124.5, 36.8, 129.5, 39.2), ("border", "sea")),
    ],
)
def test_ground_that_is_seen_stands_in_the_legend(atlas, bbox, keys):
    (page,) = pages_of(atlas, wanted(bbox=bbox))
    found = told(atlas, page, {})
    ground = {symbol.key: text for symbol, text in found.legend if symbol.key in ("border", "sea")}
    assert tuple(ground) == keys and all(text["en"] and text["ko"] for text in ground.values())
    assert any("Coasts and provincial borders are schematic" in text["en"] for text in found.texts) == bool(keys)


def test_a_contact_stays_on_one_line(atlas):
    (page,) = pages_of(atlas, wanted())
    contacts, letters = told(atlas, page, {}).contacts, lettering("en")
    kept = {"en": ("military 1338", "police 112")} | ({"ko": ("군 1338", "경찰 112")} if letters.hangul else {})
    with rc_context(letters.settings):
        for language, numbers in kept.items():
            for most_mm in range(18, 80):
                lines = " | ".join(wrapped(contacts[language], most_mm, 6.0, "bold"))
                assert all(one in lines for one in numbers), lines


def test_sheets_by_district_count_what_lies_in_the_frame(atlas):
    """Two districts part the twelve planned fields of 0.1 km² or so: each sheet tells its own."""
    west, south, east, north = atlas["planned_minefields"].frame.total_bounds
    middle = (west + east) / 2
    halves = shapely.box([west - 0.1, middle], south - 0.3, [middle, east + 0.1], north + 0.3)
    frame = gpd.GeoDataFrame({"name_en": ["W", "E"], "name_ko": ["서", "동"]}, geometry=halves, crs=4326)
    overview, *members = pages_of(atlas, wanted(), "district", frame)
    assert not overview.counted and all(page.counted for page in members)
    layers, km2 = ("planned_minefields", "mdl", "rivers"), 0.0
    for page in members:
        texts = [one["en"] for one in counts_of(atlas, page.view, layers, page.within)]
        assert [text.split(":")[0] for text in texts] == ["Planned fields (simulated)", "Military Demarcation Line"]
        number, area = re.fullmatch(r"[^:]*: (\d+), ([\d.]+) km²", texts[0]).groups()
        assert number == "6"
        assert re.fullmatch(r"[^:]*: [\d.]+ km", texts[1])
        km2 += float(area)
    assert km2 == pytest.approx(total_km2(atlas["planned_minefields"].frame), abs=0.11)
    (whole,) = [one["en"] for one in counts_of(atlas, members[0].view, ("incidents",))]
    assert re.fullmatch(r"Find or accident on record: \d", whole)


def test_cells_of_the_public_tier_are_counted_and_not_measured(korea_area):
    shown = as_shown(survey_atlas_of(korea_area, tier="public"))
    (page,) = pages_of(shown, wanted())
    texts = [one["en"] for one in counts_of(shown, page.view, ("unconfirmed_minefields",))]
    assert any(text.endswith("cells of 1 km") for text in texts)
    assert not any("km²" in text for text in texts if "simulated" not in text)


def counted(atlas, *layers, language="en"):
    (page,) = pages_of(atlas, wanted())
    return [one[language] for one in counts_of(atlas, page.view, layers)]


def with_planned(atlas, frame_of):
    """Return an atlas whose planned fields are made of its unconfirmed ones."""
    fields = atlas["unconfirmed_minefields"]
    planned = replace(fields, name="planned_minefields", frame=frame_of(fields.frame))
    return replace(atlas, layers={**atlas.layers, "planned_minefields": planned})


def test_a_symbol_of_two_layers_is_counted_over_both(korea_area):
    """Two open CHA of 0.6 km² or so in one layer and two beside them in the other; what lies under both is measured once."""
    exact = survey_atlas_of(korea_area)
    both = "planned_minefields", "unconfirmed_minefields"
    one = next(text for text in counted(exact, both[1]) if text.startswith("CHA, confirmed hazardous area:"))
    number, km2 = re.fullmatch(r"[^:]*: (\d+), ([\d.]+) km²", one).groups()
    assert number == "2"
    shifted = counted(with_planned(exact, lambda frame: frame.set_geometry(frame.translate(0, -0.01))), *both)
    number, twice = re.fullmatch(r"CHA, [^:]*: (\d+), ([\d.]+) km²", shifted[0]).groups()
    assert number == "4" and float(twice) == pytest.approx(2 * float(km2), abs=0.11)
    assert len(shifted) == len({text.partition(":")[0] + text.partition(":")[2].partition(":")[0] for text in shifted})
    assert counted(with_planned(exact, lambda frame: frame), *both)[0] == one.replace(": 2,", ": 4,")


def test_a_cell_of_two_layers_is_one_cell(korea_area):
    shown = as_shown(survey_atlas_of(korea_area, tier="public"))
    both = with_planned(shown, lambda frame: frame)
    assert counted(both, "planned_minefields", "unconfirmed_minefields") == counted(both, "unconfirmed_minefields") != []


def test_cells_do_not_hide_what_is_measured_under_their_symbol(atlas):
    """Of twelve fields with one symbol two are somebody's record, which the public tier shows as cells."""
    planned = atlas["planned_minefields"]
    basis = ["supplied"] * 2 + ["allocated"] * 10
    mixed = replace(planned, frame=planned.frame.assign(land_status="closed", basis=basis))
    shown = replace(atlas, tier="public", layers={**atlas.layers, "planned_minefields": mixed})
    measured, cells = counted(shown, "planned_minefields")
    assert re.fullmatch(r"Closed on record, no release: 10, [\d.]+ km²", measured)
    assert cells == "Closed on record, no release: 2 cells of 1 km"


def test_a_size_that_rounds_to_nothing_is_told_in_words(atlas):
    """3 m by 4 m or so."""
    planned, (x, y) = atlas["planned_minefields"], atlas["planned_minefields"].frame.geometry.iloc[0].centroid.coords[0]
    tiny = planned.frame.iloc[:1].set_geometry([shapely.box(x, y, x + 3.4e-5, y + 3.6e-5)], crs=4326)
    shown = replace(atlas, layers={**atlas.layers, "planned_minefields": replace(planned, frame=tiny)})
    assert counted(shown, "planned_minefields") == ["Planned fields (simulated): 1, less than 0.01 km²"]
    assert counted(shown, "planned_minefields", language="ko") == ["계획지뢰지대 (모의 배치): 1건, 0.01 km² 미만"]


def test_sources_and_dates_of_all_layers_of_a_symbol_are_told(korea_area):
    first, second = list(korea_area.sources)[:2]
    both = with_planned(survey_atlas_of(korea_area), lambda frame: frame.assign(sources=first))
    lower = both["unconfirmed_minefields"]
    lower = replace(lower, sources=(second,), as_of="1999", frame=lower.frame.assign(sources=second))
    both = replace(both, layers={**both.layers, "unconfirmed_minefields": lower})
    (page,) = pages_of(both, wanted())
    drawn = draw_layers(map_axes(paper_figure(page.view), page.view), both, page.view)
    found = about(both, page.view, Place(page.name), drawn=drawn, grid=None, lettering=lettering("en"))
    assert any(text["en"].startswith("1999: Unconfirmed minefields") for text in found.as_of)
    assert any(text["en"].startswith(korea_area.sources[second].title) for text in found.sources)


def test_sources_of_hazards_come_first_and_are_counted(atlas, korea_area):
    """A source that zone and fields share is the fields'."""
    first, second, third = list(korea_area.sources)[:3]
    layers = {
        name: replace(atlas[name], sources=(), frame=atlas[name].frame.assign(sources=keys))
        for name, keys in (("mdl", f"{first};{third}"), ("planned_minefields", f"{second};{third}"), ("places", first))
    }
    shown = replace(atlas, layers={**atlas.layers, **layers})
    found = told(shown, pages_of(atlas, wanted())[0], {"mdl": "mdl", "planned_simulated": "planned_minefields"})
    titles = [korea_area.sources[key].title for key in (*sorted((second, third)), first)]
    assert [text["en"].startswith(title) for text, title in zip(found.sources, titles, strict=True)] == [True] * 3
    assert found.n_sources_kept == 2


def test_a_sheet_of_a_river_tells_its_counts(atlas):
    sheets = draw_sheet(atlas, by="river", declination_deg=-9.0, year=2026.5)
    overview, river = ({text.get_text() for axes in sheets.figure(n).axes for text in axes.texts} for n in (1, 2))
    assert "Within the frame" in river and "Within the frame" not in overview


def test_the_margin_tells_what_must_be_read(atlas):
    (page,) = pages_of(atlas, wanted())
    found = told(atlas, page, {"planned_simulated": "planned_minefields", "mdl": "mdl"})
    texts = [text["en"] for text in found.texts]
    assert texts[0].startswith("No polygon here does not mean no mines")
    assert any("Not an official product" in text for text in texts)
    assert any("soft bands (MDL)" in text for text in texts) == (page.view.mm(500) >= 0.5)
    assert "1338" in found.contacts["ko"] and "112" in found.contacts["en"]
    assert [text["en"] for text in found.as_of] == ["2006: Military Demarcation Line, Planned minefields, Places"]
    assert any("mapped 2.0 km², reported 2.5 km²" in text["en"] for text in found.series)


def test_a_closer_sheet_says_that_it_is_no_survey(atlas):
    near, far = (pages_of(atlas, wanted(scale=scale, bbox=(127.09, 38.09, 127.11, 38.11)))[0] for scale in (50_000, 100_000))
    symbols = {"planned_simulated": "planned_minefields"}
    said = [
        "larger than the data are exact" in " ".join(t["en"] for t in told(atlas, page, symbols).texts) for page in (near, far)
    ]
    assert said == [True, False]


def test_the_data_set_is_known_by_its_features(atlas, korea_area):
    assert dataset_sha256(atlas) == dataset_sha256(atlas) != dataset_sha256(survey_atlas_of(korea_area))
    assert outline(atlas).area > 1


def test_pages_are_numbered_and_stand_in_the_index(atlas):
    sheets = draw_sheet(atlas, by="river", declination_deg=-9.0, year=2026.5)
    assert len(sheets.pages) == 2
    texts = {text.get_text() for axes in sheets.figure(2).axes for text in axes.texts}
    assert any("Page 2 of 2" in text for text in texts)
    assert any("Sheets of this area" in text for text in texts)


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_a_page_that_is_not_there_is_refused(detail, number):
    for page in (detail.figure, detail.png):
        with pytest.raises(ConfigError, match=f"no such page: number: expected 1 to 1, found {number}"):
            page(number)


def test_a_declination_keeps_the_year_it_was_supplied_for(atlas):
    with pytest.raises(ConfigError, match="a declination without its year: --declination: found -9.5: add --year"):
        draw_sheet(atlas, declination_deg=-9.5)
    assert draw_sheet(atlas, declination_deg=-9.5, year=1900.0).declined == (-9.5, 1900.0)


def test_files_of_several_pages_are_numbered(atlas, tmp_path):
    sheets = draw_sheet(atlas, by="river", declination_deg=-9.0, year=2026.5)
    names = [path.name for path in sheets.paths(tmp_path / "korea.png")]
    assert names == ["korea-1.png", "korea-2.png"]
    assert [path.name for path in sheets.paths(tmp_path / "korea", "pdf")] == ["korea.pdf"]
    with pytest.raises(ConfigError, match=r"no such format: .*expected pdf or png, found svg"):
        sheets.paths(tmp_path / "korea.svg")


def test_the_declination_is_for_the_newest_information(atlas):
    assert latest_year(atlas) == 2021.5
    assert draw_sheet(atlas).messages == ()


def test_magnetic_north_of_a_year_without_a_model_is_left_out_and_told(atlas):
    assert "magnetic north is not shown: no magnetic model for this year" in draw_sheet(atlas, year=1999.5).messages[-1]
    undated = {name: replace(layer, frame=layer.frame.assign(as_of="undated")) for name, layer in atlas.layers.items()}
    assert "no layer tells a year; name one with --year" in draw_sheet(replace(atlas, layers=undated)).messages[-1]
