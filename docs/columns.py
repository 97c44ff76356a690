"""Write docs/columns.md: every field of survey records with the headings that are read as it.

python docs/columns.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from geo.exchange.column_maps import FIELDS
from geo.exchange.columns import AREA_NAMES, COORDINATE_ALIASES, RECORD_ALIASES
from geo.survey.fields import Field

PAGE = Path(__file__).with_name("columns.md")
TITLES = {
    "hazards": "Hazards",
    "finds": "Finds",
    "accidents": "Accidents",
    "signs": "Signs",
    "points": "Corners, one to a row",
    "reports": "Reports",
    "devices": "Devices",
}
KINDS = {"text": "text", "date": "date", "number": "number", "count": "whole number", "words": "words, parted by `;`"}
HEAD = """# Columns that are read

Made from the code by `python docs/columns.py`. Headings are matched without case, blanks, `_` and `-`; anything else is mapped by
a column map ([survey.md](survey.md)). Dates are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, and other usual spellings; controlled words
are in [terms.md](terms.md), their Korean labels are read too. An area takes its unit from the heading, `면적(평)`, `area_ha`. No
column is needed to be read; what a hazard should have is told by `V01` and `V05`: an id, a class or national term, a date of
information and a source.
"""
TAIL = """## Other files

| file | columns |
|---|---|
| `--extents`, floods and slides | polygons; `date` (일자), `kind` (`flood` or `slide`; `flood` without it), `name` |
| `--districts` | polygons; `code` (행정구역코드, SIG_CD, …), `name_ko`, `name_en` |
| `--population` | points, polygons or a raster of people a cell; `population` (인구, 총인구, …), else `--people-column` |
"""


def kind_of(entry: Field) -> str:
    """Return what a column holds, in words."""
    return ", ".join(f"`{word}`" for word in entry.words) if entry.words else KINDS[entry.kind]


def rows(fields: Mapping[str, Field], aliases: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the rows of one table."""
    for name, entry in fields.items():
        known = [alias for alias in (*aliases.get(name, ()), *AREA_NAMES.get(name, ())) if alias != name]
        yield f"| `{name}` | {kind_of(entry)} | {', '.join(known)} |"


def page() -> str:
    """Return the page's text."""
    parts = [HEAD]
    for kind, title in TITLES.items():
        table = "\n".join(rows(FIELDS[kind], RECORD_ALIASES[kind]))
        parts.append(f"## {title}\n\n| column | holds | also read as |\n|---|---|---|\n{table}\n")
    places = "\n".join(
        f"| `{name}` | {', '.join(alias for alias in known if alias != name)} |" for name, known in COORDINATE_ALIASES.items()
    )
    parts.append(
        f"## Places in tables\n\nThe first complete kind of place counts.\n\n| column | also read as |\n|---|---|\n{places}\n"
    )
    return "\n".join([*parts, TAIL])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
