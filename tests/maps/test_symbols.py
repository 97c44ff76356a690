"""Colours, hatches and words: no green, a second channel, both languages."""

import colorsys
import re
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest

from geo.maps.labels import PLACE_KINDS
from geo.maps.payload import COLUMNS
from geo.maps.symbols import DEPTH_COLOURS, GROUPS, SYMBOLS, kml_colour
from geo.maps.words import VALUES, WORDS
from geo.terms import LAYERS, PRIORITIES

PAGE = files("geo.maps") / "page"
FILES = sorted(entry.name for entry in PAGE.iterdir())
NAMED_GREENS = ("green", "lime", "olive", "teal", "chartreuse", "mint", "seagreen")


def is_green(red, green, blue):
    hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    return 70 < hue * 360 < 175 and saturation > 0.12 and 0.05 < lightness < 0.97


def colours(text):
    """Return every colour of a text as red, green, blue."""
    for word in re.findall(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", text):
        full = word if len(word) == 6 else "".join(letter * 2 for letter in word)
        yield tuple(int(full[i : i + 2], 16) for i in (0, 2, 4))
    for red, green, blue in re.findall(r"rgba?\(\s*(\d+),\s*(\d+),\s*(\d+)", text):
        yield int(red), int(green), int(blue)


@pytest.mark.parametrize(
    ("colour", "told"),
    [((0, 160, 80), True), ((200, 255, 180), True), ((84, 39, 143), False), ((223, 231, 239), False), ((244, 167, 24), False)],
)
def test_what_counts_as_green(colour, told):
    assert is_green(*colour) is told


@pytest.mark.parametrize("name", FILES)
def test_no_green_in_the_page(name):
    text = (PAGE / name).read_text(encoding="utf-8")
    assert [colour for colour in colours(text) if is_green(*colour)] == []
    assert not [word for word in NAMED_GREENS if re.search(rf"[:\"' ]{word}[\"';]", text)]


@pytest.mark.parametrize("key", SYMBOLS)
def test_no_green_symbol(key):
    symbol = SYMBOLS[key]
    text = f"{symbol.colour} {symbol.outline} {symbol.hatch_colour}"
    assert list(colours(text))
    assert not [colour for colour in colours(text) if is_green(*colour)]


def test_depth_is_told_from_pale_to_dark_and_never_in_green():
    shades = [next(colours(colour)) for colour in DEPTH_COLOURS]
    assert not [shade for shade in shades if is_green(*shade)]
    assert shades == sorted(shades, key=sum, reverse=True)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".js")])
def test_no_string_becomes_markup(name):
    text = (PAGE / name).read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\b|new Function", text
    )
    assert len(text.splitlines()) <= 250


def test_every_layer_has_a_group_and_columns():
    assert sorted(name for members in GROUPS.values() for name in members) == sorted(LAYERS)
    assert set(COLUMNS) == set(LAYERS)
    assert {f"{kind}_{word}" for kind in ("flood", "slide") for word in PRIORITIES} <= set(SYMBOLS)
    assert all(len(entry) == 3 for entry in PLACE_KINDS.values())


@pytest.mark.parametrize("key", [*WORDS, *VALUES])
def test_every_word_stands_in_both_languages(key):
    pair = {**VALUES, **WORDS}[key]
    assert pair["en"].strip()
    assert pair["ko"].strip()


def test_hazards_and_screening_differ_without_colour():
    """Outline dash, hatch and spacing tell classes apart for those who see no hue."""
    keys = [
        "cha",
        "sha",
        "indication",
        "planned_simulated",
        "unconfirmed_simulated",
        "flood_high",
        "flood_middle",
        "flood_lower",
        "flood_undetermined",
        "slide_high",
        "slide_middle",
        "slide_lower",
        "slide_undetermined",
        "no_data",
    ]
    channel = {key: (SYMBOLS[key].hatch, SYMBOLS[key].hatch_px, SYMBOLS[key].dash_px) for key in keys}
    assert all(channel[a] != channel[b] for a, b in combinations(keys, 2))
    assert all("x" in SYMBOLS[key].hatch for key in keys if key.endswith("simulated"))
    assert all(SYMBOLS[key].colour != "#FF0000" for key in keys if key != "cha")


def test_kml_colour_turns_the_bytes():
    assert kml_colour("#FF0000", 0.5) == "7f0000ff"


MACHADO = {  # Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
APART = 10.0  # CIE 1976 difference that small swatches are still told apart by


def lab(colour, matrix):
    """Return CIE L*a*b* (D65) of a colour "#RRGGBB" as somebody with that colour vision sees it."""
    coded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(matrix) @ linear, 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.asarray(to_xyz) @ seen / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def second_channel(symbol):
    """Return what of a symbol is seen without any hue."""
    return (symbol.kind, symbol.shape, symbol.hatch, symbol.hatch_px, symbol.dash_px, symbol.width_px, symbol.radius_px)


def test_lab_of_white_and_red():
    assert lab("#FFFFFF", np.eye(3)) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#FF0000", np.eye(3)) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert lab("#FFFFFF", MACHADO["protan"]) == pytest.approx([100, 0, 0], abs=0.02)


def test_red_and_a_dark_yellow_are_close_to_a_deutan_eye():
    """The measure can tell: what differs for most eyes meets for some."""
    red, yellow = "#C8503C", "#8F7F30"
    far, near = (np.linalg.norm(lab(red, m) - lab(yellow, m)) for m in (np.eye(3), MACHADO["deutan"]))
    assert (far > 40, near < 0.5 * far) == (True, True)


@pytest.mark.parametrize("vision", MACHADO)
def test_classes_differ_for_every_eye(vision):
    """Two symbols differ in hatch, dash, shape or width, or their fill or outline is told apart by the eye in question."""
    seen = {
        key: [lab(one, MACHADO[vision]) for one in (symbol.colour, symbol.outline or symbol.colour)]
        for key, symbol in SYMBOLS.items()
    }
    alike = [
        (a, b)
        for a, b in combinations(SYMBOLS, 2)
        if second_channel(SYMBOLS[a]) == second_channel(SYMBOLS[b])
        and max(np.linalg.norm(one - other) for one, other in zip(seen[a], seen[b], strict=True)) < APART
    ]
    assert alike == []
