"""Make a build again from its manifest and compare, file by file.

Assumption: who verifies holds the same inputs, known by their checksums. Bytes that differ under other library
versions pass when the files say the same; anything else is told with the figure and both values.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow
import pyogrio.errors
import shapely.errors

from geo.build import MANIFEST, Manifest, input_sha256, read_manifest, write_build
from geo.difference import describe, differing
from geo.errors import CheckFailed, ConfigError, DataError
from geo.exchange.content import file_content_sha256
from geo.generalise import as_shown
from geo.layer import Atlas
from geo.source import area_folder, file_sha256

RECIPES, RECIPE = "minemap.recipe", "atlas"
CHECKSUMS = ("sha256", "content_sha256")
UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    zlib.error,
    pyarrow.ArrowException,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    shapely.errors.ShapelyError,
)


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of `verify`: whether all holds, and a line for each finding."""

    ok: bool
    lines: tuple[str, ...]


def verify(folder: str | Path, *, inputs: str | Path | None = None) -> Verification:
    """Check a build folder against its manifest and against what its inputs and parameters give again.

    Parameters
    ----------
    folder : str or Path
        A build folder.
    inputs : str or Path, optional
        Where the user's own files lie; else beside the build or in the current folder.

    Returns
    -------
    Verification
        Each line that tells a fault names the file, and where a figure differs, the figure and both values.

    Raises
    ------
    ConfigError
        If the folder holds no build, or no recipe is installed.
    DataError
        If an input cannot be found.
    """
    root = Path(folder)
    manifest = read_manifest(root)
    touched = list(_touched(root, manifest))
    own = _own_places(root, inputs)
    found, changed = _find_inputs(manifest, own)
    if changed:
        return Verification(False, (*touched, *changed, "not made again: the inputs are not those of the build"))
    with tempfile.TemporaryDirectory(prefix="minemap-verify-") as folder_again:
        again = Path(folder_again) / root.resolve().name
        renewed = write_build(_cook(manifest, found, own), again)
        faults, notes = _compare(root, again, manifest, renewed)
    lines = (*touched, *faults, *notes)
    if touched or faults:
        return Verification(False, lines)
    return Verification(True, (*lines, f"{len(manifest.outputs)} files made again from {len(manifest.inputs)} inputs: all hold"))


def rebuilt(folder: str | Path, *, inputs: str | Path | None = None) -> Atlas:
    """Return the atlas of a build folder, made again from its recorded inputs and parameters, as its tier shows it.

    Raises
    ------
    CheckFailed
        If an input is not the one that was read.
    ConfigError, DataError
        As `verify`.
    """
    manifest, own = read_manifest(folder), _own_places(folder, inputs)
    found, changed = _find_inputs(manifest, own)
    if changed:
        raise CheckFailed("inputs changed since the build", where=str(folder), found="; ".join(changed))
    atlas = _cook(manifest, found, own)
    return as_shown(atlas)


def recipe() -> Callable[..., Atlas]:
    """Return the installed recipe; `geo` knows it only by the name of its entry point.

    Raises
    ------
    ConfigError
        If none is installed.
    """
    known = [entry for entry in metadata.entry_points(group=RECIPES) if entry.name == RECIPE]
    if not known:
        raise ConfigError("no recipe installed", where=f"entry point {RECIPES}: {RECIPE}", mend="install minemap: pip install .")
    cook: Callable[..., Atlas] = known[0].load()
    return cook


def _touched(root: Path, manifest: Manifest) -> Iterator[str]:
    """Tell every file that is missing, added, or not the one that was written."""
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} - {MANIFEST}
    for name in sorted(files | set(manifest.outputs)):
        if name not in files:
            yield f"{name}: missing"
        elif name not in manifest.outputs:
            yield f"{name}: not in the manifest, added later"
        elif (digest := file_sha256(root / name)) != (recorded := str(manifest.outputs[name].get("sha256"))):
            yield f"{name}: sha256 {recorded[:12]}… recorded, {digest[:12]}… found: changed after the build"


def _own_places(folder: str | Path, inputs: str | Path | None) -> list[Path]:
    """Return where the user's own files may lie."""
    return [Path(inputs)] if inputs is not None else [Path(folder).resolve().parent, Path.cwd()]


def _places(manifest: Manifest, own: list[Path]) -> list[Path]:
    """Return where inputs are looked for, in this order."""
    area = area_folder(_area(manifest, own))
    return [area, area.parent, *own]


def _area(manifest: Manifest, own: list[Path]) -> str:
    """Return the study area to build: a folder among the user's files if it is one of theirs, else the shipped name."""
    name = str(manifest.parameters.get("area"))
    candidates = [path for place in own for path in (place / name, place) if path.resolve().name == name]
    return next((str(path) for path in candidates if (path / "area.toml").is_file()), name)


def _find_inputs(manifest: Manifest, own: list[Path]) -> tuple[dict[str, Path], list[str]]:
    """Return the path of every input by name, and a line for each whose checksum is another."""
    found: dict[str, Path] = {}
    changed: list[str] = []
    places = _places(manifest, own)
    for name, entry in manifest.inputs.items():
        candidates = [path for place in places for path in (place / name, place / Path(name).name) if path.exists()]
        if not candidates:
            raise DataError(
                "input not found",
                where=name,
                expected=f"sha256 {entry['sha256'][:12]}…",
                mend="name its folder with --inputs DIR (inputs=...)",
            )
        match = next((path for path in candidates if input_sha256(path) == entry["sha256"]), None)
        if match is None:
            digest = input_sha256(candidates[0])
            changed.append(
                f"input {name}: sha256 {entry['sha256'][:12]}… recorded, {digest[:12]}… found in {candidates[0].parent}"
            )
        else:
            found[name] = match
    return found, changed


def _cook(manifest: Manifest, found: Mapping[str, Path], own: list[Path]) -> Atlas:
    """Run the recipe with the recorded parameters, user files replaced by where they were found."""
    parameters = {name: _located(value, found) for name, value in manifest.parameters.items() if name != "area"}
    return recipe()(area=_area(manifest, own), **parameters)


def _located(value: Any, found: Mapping[str, Path]) -> Any:
    if isinstance(value, list):
        return [_located(item, found) for item in value]
    if not isinstance(value, str):
        return value
    name, mark, layer = value.partition("::")  # a file, and the layer in it
    return f"{found[name]}{mark}{layer}" if name in found else value


def _compare(root: Path, again: Path, manifest: Manifest, renewed: Manifest) -> tuple[list[str], list[str]]:
    """Return the faults and the notes of a build beside the one made again."""
    faults: list[str] = []
    notes: list[str] = []
    other = differing(dict(manifest.versions), dict(renewed.versions), "versions")
    for name in sorted(set(manifest.outputs) | set(renewed.outputs)):
        if name not in renewed.outputs:
            faults.append(f"{name}: in the manifest, but not made again")
        elif name not in manifest.outputs:
            faults.append(f"{name}: made again, but not in the manifest")
        elif (root / name).is_file() and file_sha256(root / name) != renewed.outputs[name]["sha256"]:
            text = _told(root / name, again / name)
            if text or not other:
                faults.append(f"{name}: {text or 'other bytes, though both say the same'}")
            else:
                notes.append(f"{name}: other bytes, same content")
    faults += [f"{MANIFEST}: {line}" for line in differing(_figures(manifest), _figures(renewed))]
    return faults, notes + ([f"other versions than at the build: {'; '.join(other)}"] if notes else [])


def _told(found: Path, again: Path) -> str:
    try:
        if file_content_sha256(found) == file_content_sha256(again):
            return ""
        return describe(found, again) or "contents differ"
    except UNREADABLE as fault:
        return f"cannot be read: {str(fault).splitlines()[0] if str(fault) else type(fault).__name__}"


def _figures(manifest: Manifest) -> dict[str, Any]:
    """Return what a manifest claims apart from checksums of outputs and versions, which are compared on their own."""
    claims = asdict(manifest)
    outputs = {
        name: {key: value for key, value in entry.items() if key not in CHECKSUMS} for name, entry in claims["outputs"].items()
    }
    return {"inputs": claims["inputs"], "outputs": outputs, "parameters": claims["parameters"]}
