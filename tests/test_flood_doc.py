"""The page of the flood model's results is written by a script: what is cheap to run again must stand on it as it comes out."""

import re
import runpy
from pathlib import Path

import pandas as pd
import pytest

DOCS = Path(__file__).parents[1] / "docs"
FLOOD = runpy.run_path(str(DOCS / "flood.py"))


@pytest.fixture(scope="module")
def told_page():
    return (DOCS / "flood.md").read_text(encoding="utf-8")


def test_the_page_tells_the_account_of_this_build(korea, told_page):
    assert FLOOD["one_run"](korea.ledger) in told_page, "run: python docs/flood.py --dem RASTER"


def test_the_page_tells_the_recovery_of_this_code(told_page):
    assert FLOOD["found_again"]() in told_page, "run: python docs/flood.py --dem RASTER"


def test_the_page_ends_with_what_must_be_known(told_page):
    assert FLOOD["HEAD"] in told_page
    assert FLOOD["DISCLOSED_HINDCAST"] in told_page
    assert FLOOD["DISCLOSED_DRAINAGE"] in told_page, "the committed page holds the drainage table"


@pytest.mark.parametrize("river", ["Imjin River", "Bukhan River", "Soyang River"])
def test_large_basins_on_the_page_come_near_the_published_ones(told_page, river):
    row = re.search(rf"^\| {river} \|.*$", told_page, re.MULTILINE)
    assert row is not None
    assert max(abs(float(each)) for each in re.findall(r"([+-][\d.]+) %", row[0])) <= 2


@pytest.mark.parametrize("name", ["flood.md", "model.md"])
def test_no_page_promises_anything(name):
    text = (DOCS / name).read_text(encoding="utf-8").lower()
    assert not re.search(r"\bsafe(ly|ty)?\b", text)
    assert "green" not in text


def test_an_account_that_does_not_balance_is_refused():
    row = {"origin": "south", "item_class": "B", "units": "index", "residual": 0.1, **dict.fromkeys(FLOOD["ACCOUNTS"], 1.0)}
    with pytest.raises(ValueError, match="balance"):
        FLOOD["account"](pd.DataFrame([row]))


def test_numbers_have_three_digits_and_no_exponent():
    told = [FLOOD["told"](each) for each in (0.0001234, 346.856, 35770.2, 1e-17, float("nan"), "imjin", 3)]
    assert told == ["0.000123", "347", "35,770", "0", "–", "imjin", "3"]
