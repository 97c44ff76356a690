"""A column map proposed for what a file has and nobody recognised: a start for whoever knows the file, never applied by itself.

Limit: names are compared letter by letter and words by their spelling; what a word of another language means, only a reader
knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import chain

import pandas as pd

from geo.exchange.column_maps import FIELDS, recognised_without_unit
from geo.exchange.columns import AREA_NAMES, RECORD_ALIASES, plain
from geo.exchange.units import heading_unit
from geo.exchange.values import as_text, spellings
from geo.survey.fields import Field
from geo.survey.records import Survey

LIKE = 0.75  # share of letters that a heading has in common with one we know
LIKE_WORD = 0.5
WORDS_FIT = 0.8  # share of a column's different cells that are words of one list
MOST_WORDS = 30  # different cells of a column of words


def proposed_map(survey: Survey) -> str:
    """Return the text of a column map for the columns and words of a survey that are not recognised, "" if there are none.

    Headings that resemble ours, or of which the cells are words of one of our lists, are proposed; all others are listed. Words
    are only ever proposed in comments: their meaning is for the reader to say.

    Parameters
    ----------
    survey : Survey

    Examples
    --------
    >>> import geopandas as gpd
    >>> frame = gpd.GeoDataFrame({"typeArea": ["Suspected Minefield"], "fileId": ["1"]}, geometry=[None])
    >>> print(proposed_map(Survey("hazards", "bih.geojson", "", frame, carried=("typeArea", "fileId"))))
    # Proposed for bih.geojson: check every line with whoever made the file, save it, and name it with --columns.
    kind = "hazards"
    <BLANKLINE>
    [columns]
    land_class = "typeArea"
    # not recognised, carried as it stands: "fileId"
    <BLANKLINE>
    [values.land_class]
    # "Suspected Minefield" = "SHA"
    """
    free = {name: entry for name, entry in survey.fields.items() if name not in survey.headings.values()}
    unitless = recognised_without_unit(survey.carried, survey.kind)
    columns, left = _columns(survey, {name: entry for name, entry in free.items() if name not in unitless.values()}, unitless)
    words = list(_unknown_words(survey, columns))
    if not survey.carried and not words:
        return ""
    lines = [
        f"# Proposed for {survey.file}: check every line with whoever made the file, save it, and name it with --columns.",
        f"kind = {_quoted(survey.kind)}",
    ]
    if columns or left:
        lines += ["", "[columns]", *(f"{ours} = {_quoted(heading)}" for ours, heading in columns.items())]
        lines += [f"# not recognised, carried as it stands: {', '.join(map(_quoted, left))}"] if left else []
    for ours, entries in words:
        lines += ["", f"[values.{ours}]", *entries]
    if unitless:
        lines += ["", "[units]", *(f"# {ours} = " + '"m2"  # or "pyeong", "ha", "km2": ask' for ours in unitless.values())]
    return "\n".join(lines)


def _columns(survey: Survey, free: dict[str, Field], unitless: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return {our field: heading} as proposed, and the headings left over."""
    made: dict[str, str] = {}
    left: list[str] = []
    for heading in survey.carried:
        ours = unitless.get(heading) or _by_words(survey, heading, free) or _by_name(heading, survey.kind, free)
        if ours and ours not in made:
            made[ours] = heading
        else:
            left.append(heading)
    return made, left


def _by_words(survey: Survey, heading: str, free: dict[str, Field]) -> str:
    """Return the field of which a column's cells are the words."""
    different = _different(survey, heading)
    if not 0 < len(different) <= MOST_WORDS:
        return ""
    for name, entry in free.items():
        known = spellings(entry.words)
        if entry.words and sum(plain(word) in known for word in different) >= WORDS_FIT * len(different):
            return name
    return ""


def _by_name(heading: str, kind: str, free: dict[str, Field]) -> str:
    """Return the field whose name or alias is most like a heading."""
    bare = plain(heading_unit(heading)[0])
    scores = {
        name: max(
            SequenceMatcher(None, bare, plain(alias)).ratio()
            for alias in chain((name,), RECORD_ALIASES[kind].get(name, ()), AREA_NAMES.get(name, ()))
        )
        for name in free
    }
    best = max(scores, key=lambda name: scores[name], default="")
    return best if best and scores[best] >= LIKE else ""


def _different(survey: Survey, heading: str) -> list[str]:
    cells = as_text(pd.Series(survey.frame[heading])) if heading in survey.frame else pd.Series(dtype=str)
    return sorted(set(cells[cells.str.strip() != ""].str.strip()))


def _unknown_words(survey: Survey, columns: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield (field, proposed lines) for the words outside our lists, of fields recognised and proposed."""
    for name, entry in FIELDS[survey.kind].items():
        heading = columns.get(name, name)
        if not entry.words or heading not in survey.frame:
            continue
        known = spellings(entry.words)
        unknown = [word for word in _different(survey, heading) if plain(word) not in known]
        if 0 < len(unknown) <= MOST_WORDS:
            yield name, [f"# {_quoted(word)} = {_quoted(_nearest_word(word, entry))}" for word in unknown]


def _nearest_word(word: str, entry: Field) -> str:
    """Return the controlled word whose label begins most like a word, "" where none does."""
    scores = {
        ours: max(
            SequenceMatcher(None, plain(word), label).ratio() for label, key in spellings(entry.words).items() if key == ours
        )
        for ours in entry.words
    }
    best = max(scores, key=lambda ours: scores[ours])
    return best if scores[best] >= LIKE_WORD else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
