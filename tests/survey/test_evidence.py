"""Evidence and national terms mean what the study area says."""

from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest

from geo.area import read_area
from geo.errors import ConfigError
from geo.settings import checked
from geo.survey.evidence import DEFAULT_LISTS, Item, classed, evidence_lists, evidence_of, hint, national_terms, unlisted

KOREA = read_area("korea")
DEMO = read_area("demo")


def amounts(direct, indirect="", area=None):
    return evidence_of(pd.Series([direct]), pd.Series([indirect]), evidence_lists(area))[0]


@pytest.mark.parametrize("side", ["direct", "indirect"])
def test_every_item_counts_as_its_list_says_in_any_language_and_column(side):
    for item in getattr(DEFAULT_LISTS, side):
        for name in (item.key, item.en, item.ko, item.en.upper(), item.key.replace("_", " ")):
            assert amounts(name) == side
            assert amounts("", name) == side


def test_direct_outweighs_indirect_and_unknown_items_count_for_neither():
    assert amounts("old survey; sighting") == "direct"
    assert amounts("", "구두 진술, 폭발") == "direct"
    assert amounts("a rumour") == "not_specified"
    assert amounts("") == amounts("", " ") == "not_specified"
    assert amounts("none", "없음") == "none"
    assert amounts("none", "old survey") == "indirect"


def test_what_counts_is_a_national_decision():
    assert amounts("signs_or_fence", area=KOREA) == "direct"
    assert amounts("signs_or_fence", area=DEMO) == "indirect"
    assert amounts("reliable_records", area=DEMO) == "not_specified"


def test_korea_uses_the_default_lists_and_an_area_without_lists_too():
    assert evidence_lists(KOREA) == evidence_lists() == DEFAULT_LISTS
    bare = replace(DEMO, settings=MappingProxyType({}))
    assert evidence_lists(bare) == DEFAULT_LISTS
    assert national_terms(bare) == national_terms(None) == ()
    half = replace(DEMO, settings=MappingProxyType({"evidence": {"direct": [{"key": "x", "en": "x", "ko": "엑스"}]}}))
    assert evidence_lists(half).direct == (Item("x", "x", "엑스"),)
    assert evidence_lists(half).indirect == DEFAULT_LISTS.indirect


def test_unlisted_items_are_named_with_the_nearest():
    assert unlisted(pd.Series(["sighting;seen once", None, "none"])).tolist() == ["seen once", "", ""]
    assert hint("detonations") == "did you mean detonation?"


@pytest.mark.parametrize(
    ("term", "basis", "expected"),
    [
        ("계획지뢰지대", "surveyed", ["계획지뢰지대", "CHA", ""]),
        ("계획 지뢰지대", "supplied", ["계획지뢰지대", "CHA", ""]),
        ("계획지뢰지대", "", ["계획지뢰지대", "CHA", ""]),
        ("계획지뢰지대", "digitised", ["계획지뢰지대", "indication", ""]),
        ("Planned Minefield", "allocated", ["계획지뢰지대", "indication", ""]),
        ("미확인지뢰지대", "allocated", ["미확인지뢰지대", "SHA", ""]),
        ("PAST MINE ZONE", "supplied", ["과거지뢰지대", "", "searched_not_released"]),
        ("유실지뢰", "modelled", ["유실지뢰", "screening", ""]),
        ("유실지뢰", "digitised", ["유실지뢰", "indication", ""]),
        ("지뢰", "supplied", ["", "", ""]),
        (None, "supplied", ["", "", ""]),
        ("", None, ["", "", ""]),
    ],
)
def test_national_terms_in_korea(term, basis, expected):
    frame = pd.DataFrame({"term": pd.Series([term], index=[7], dtype=str), "basis": pd.Series([basis], index=[7], dtype=str)})
    told = classed(frame["term"], frame["basis"], KOREA)
    assert told.to_numpy().tolist() == [expected]
    assert told.index.tolist() == [7]


def test_another_country_has_other_terms():
    terms = pd.Series(["barrier field", "doubtful ground", "계획지뢰지대"])
    assert classed(terms, pd.Series(["", "", ""]), DEMO)["land_class"].tolist() == ["CHA", "SHA", ""]
    assert classed(terms, pd.Series(["", "", ""]), None)["term"].tolist() == ["", "", ""]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (
            {"evidence": {"direct": [{"key": "x", "en": "x"}]}},
            "evidence.direct = .* expected a list of tables, each with its own key",
        ),
        ({"evidence": {"direct": [{"key": "x", "en": "x", "ko": "x"}] * 2}}, "evidence.direct"),
        ({"evidence": {"direkt": []}}, "evidence.direkt is unknown .did you mean evidence.direct"),
        ({"national_terms": {"x": {"land_class": "cha"}}}, "national_terms.x.land_class = 'cha', expected one of CHA, SHA"),
        (
            {"national_terms": {"x": {"needs_basis": ["guess"]}}},
            r"national_terms.x.needs_basis = \['guess'\], expected a list of",
        ),
        ({"national_terms": {"x": {"land_status": "done"}}}, "national_terms.x.land_status = 'done'"),
        ({"national_terms": {"x": {"en": "x"}}}, "national_terms.x.note_ko is missing"),
    ],
)
def test_faulty_settings_are_refused(settings, fault):
    with pytest.raises(ConfigError, match=fault):
        read_area("demo", settings)


def test_an_area_may_do_without():
    bare = {key: value for key, value in DEMO.settings.items() if key not in ("evidence", "national_terms")}
    assert checked(bare, "x") == bare
