"""The relief of a page: one block of its data is opened, whatever stands in the others."""

import base64
import json
import zlib

import pytest

from geo.errors import DataError
from geo.exchange.content import page_block
from geo.sheets.relief import PNG_URI, page_relief

TOLD = {"relief": {"bounds": [[37.0, 126.0], [39.0, 128.5]], "image": PNG_URI + base64.b64encode(b"png").decode()}}


def block(name, text):
    return f'<script type="application/json" id="data-{name}">{text}</script>'


def packed(value):
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()


def relief_of(tmp_path, *blocks):
    page = tmp_path / "atlas.html"
    page.write_text("<p>1</p>" + "".join(blocks), encoding="utf-8")
    return page_relief(page)


def test_the_other_blocks_are_not_opened(tmp_path):
    """A sheet needs a hundredth of the page's data."""
    found = relief_of(tmp_path, block("mined_density", "no base64"), block("backdrop", packed(TOLD)), block("dmz", "==="))
    assert (found.png, found.bounds) == (b"png", (126.0, 37.0, 128.5, 39.0))
    text = block("dmz", "===") + block("mcz", packed([1]))
    assert (page_block(text, "mcz"), page_block(text, "mdl"), page_block("", "mcz")) == ("[1]", None, None)
    with pytest.raises(ValueError, match="base64|padding|Discontinuous|Leading"):
        page_block(text, "dmz")


def test_a_page_without_a_relief_has_none(tmp_path):
    assert relief_of(tmp_path, block("dmz", packed({}))) is None
    assert relief_of(tmp_path, block("backdrop", packed({"relief": None}))) is None


@pytest.mark.parametrize("damaged", ["x", base64.b64encode(b"no zlib").decode(), packed({}), packed([]), packed({"relief": {}})])
def test_a_damaged_relief_is_told(tmp_path, damaged):
    with pytest.raises(DataError, match="the page's relief cannot be read"):
        relief_of(tmp_path, block("backdrop", damaged))
