"""Read every file of a public build back, and prove that none gives away what somebody recorded.

Assumption: the proof looks at the written files alone, by `geo.exchange.readback`, and at what `geo.secrets` keeps; it trusts
none of the code that wrote them. Its limit: it finds what was copied, rounded or measured, not what somebody could infer.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from geo.errors import CheckFailed
from geo.exchange.readback import Said, read_back
from geo.generalise import SUPPLIED_LAYERS, mapped_layers, prove
from geo.layer import Atlas
from geo.leaks import (
    found_keys,
    found_names,
    found_numbers,
    found_points,
    found_serials,
    found_squares,
    found_words,
    layer_at,
)
from geo.secrets import Secrets, recorded, secrets_of

MEND = "build with --tier restricted; nothing was written"
RENAME = "build with --tier restricted, or rename it in your file; nothing was written"


def prove_files(atlas: Atlas, folder: Path, known: Iterable[str] = ()) -> None:
    """Check every file of a public build.

    Parameters
    ----------
    atlas : Atlas
        With hazards, finds, accidents and signs as they were supplied, before `geo.generalise.as_shown`.
    folder : Path
        The written files.
    known : iterable of str
        Further texts that anybody may read, such as the names of the user's districts.

    Raises
    ------
    CheckFailed
        Naming the first file with a supplied name, text, person, place or measure, a denied column, or a shape off the grid; or a
        file that cannot be read back.
    """
    if not mapped_layers(atlas):
        return
    secrets = secrets_of(atlas, recorded(atlas), known)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = path.relative_to(folder).as_posix()
        check_said(Said(where, set(), {path.name}), secrets, atlas)
        for said in read_back(path, where):
            check_said(said, secrets, atlas)


def check_said(said: Said, secrets: Secrets, atlas: Atlas) -> None:
    """Raise if what a file says gives a record away.

    Raises
    ------
    CheckFailed
        Naming the file and what was found.
    """
    numbers = said.all_numbers()
    if words := found_words(said.texts, secrets) or found_keys(said.names, secrets) or found_serials(numbers, secrets):
        raise CheckFailed("supplied name in a public file", where=said.where, found=", ".join(words[:5]), mend=RENAME)
    points = said.all_points()
    if len(rows := found_points(points, secrets)):
        east, north = points[rows[0]]
        found = f"{east:.5f} {north:.5f} of {layer_at(points[rows[0]], secrets)}"
        raise CheckFailed("supplied vertex in a public file", where=said.where, found=found, mend=MEND)
    if squares := found_squares(said.texts, secrets):
        raise CheckFailed("supplied vertex in a public file", where=said.where, found=", ".join(squares[:5]), mend=MEND)
    if names := found_names(said.names, secrets):
        raise CheckFailed("column not for the public", where=said.where, found=", ".join(names[:5]), mend=MEND)
    if len(measures := found_numbers(numbers, secrets)):
        found = ", ".join(f"{number:.10g}" for number in measures[:5])
        raise CheckFailed("measure of a supplied feature in a public file", where=said.where, found=found, mend=MEND)
    if said.frame is not None and said.table in SUPPLIED_LAYERS:
        prove(said.frame, area=atlas.area, name=said.where, layer=said.table)
