import pytest

from geo.errors import ConfigError
from geo.flood import ITEM_CLASSES, FloodParameters, FloodScenario
from geo.flood.parameters import CHOICES


def test_every_parameter_says_where_it_comes_from():
    for row in FloodParameters().table():
        assert row["unit"] or row["name"] in CHOICES, row
        assert row["tag"] in ("published", "derived", "assumed")
        assert row["tag"] == "assumed" or row["source"], f"{row['name']} is {row['tag']} without a source"


def test_item_classes_in_order():
    assert [item.key for item in ITEM_CLASSES] == ["B", "N", "H", "D"]
    assert FloodParameters().lambda_ref_km.value == (13.3, 8.0, 2.0, 1.0)


def test_override_is_tagged_and_leaves_the_default_alone():
    changed = FloodParameters().override({"f_stage": 0.5, "mix_north": [1, 0, 0, 0]})
    assert changed.f_stage.value == 0.5 and changed.f_stage.tag == "assumed"
    assert "published" in changed.f_stage.source
    assert FloodParameters().f_stage.tag == "published"
    assert changed.values()["mix_north"] == [1, 0, 0, 0]


def test_override_with_the_default_keeps_its_tag():
    assert FloodParameters().override({"f_stage": 0.4}).f_stage.tag == "published"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"psy": 0.1}, "psi"),
        ({"psi": 0}, "psi must lie in"),
        ({"psi": 2}, "psi must lie in"),
        ({"psi": float("nan")}, "finite"),
        ({"psi": "high"}, "finite"),
        ({"psi": True}, "finite"),
        ({"mix_south": [1, 0]}, "4 numbers"),
        ({"mix_south": [1, 1, 0, 0]}, "add up to 1"),
        ({"spread_kernel": "cubic"}, "hard, exp, gauss"),
        ({"class_shares": [0.9, 0.5]}, "must not fall"),
    ],
)
def test_wrong_overrides(wrong, told):
    with pytest.raises(ConfigError, match=told):
        FloodParameters().override(wrong)


def test_all_wrong_overrides_are_told_at_once():
    with pytest.raises(ConfigError, match=r"psi.*p_ref"):
        FloodParameters().override({"psi": 2, "p_ref": -1})


@pytest.mark.parametrize("period", [1, 0.5, float("inf"), "100", True])
def test_wrong_scenarios(period):
    with pytest.raises(ConfigError, match="return_period_yr"):
        FloodScenario(period)
