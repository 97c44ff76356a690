"""Printable sheets of a build folder, from the layers as they were written.

Assumption: a sheet shows what the folder holds and nothing else, so a public build gives public sheets, and inputs need not be at
hand. Limit: a build without a page (``atlas.html``) has no relief either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.build import Manifest, read_manifest
from geo.errors import ConfigError
from geo.exchange.content import combined_sha256
from geo.layer import Atlas, Layer
from geo.raster import Picture
from layers.built import Built, districts_for, read_built

PAGE = "atlas.html"
UNREAD = ("mined_density",)  # layers of many cells that no sheet draws unless they are asked for


def sheets_of(folder: str | Path, *, by: str | None = None, districts: str | None = None, **options: Any) -> Any:
    """Return the sheets of a build folder, see `geo.draw_sheet`.

    Raises
    ------
    ConfigError
        If the folder holds no build, or an option is wrong.
    DataError
        If a file of the build is missing.
    """
    from geo.sheets.pages import ATLASES
    from geo.sheets.pdf import check_also, check_declined, draw_sheet

    if by not in (None, *ATLASES):
        raise ConfigError("unknown kind of atlas", where="--atlas", expected=" or ".join(ATLASES), found=str(by))
    if districts is not None and by != "district":
        raise ConfigError("districts without their atlas", where="--districts", found=str(districts), mend="add --atlas district")
    check_declined(options.get("declination_deg"), options.get("year"))
    manifest, also = read_manifest(folder), options.get("also", ())
    check_also(also, _written(manifest))
    built = read_built(folder, without=tuple(name for name in UNREAD if name not in also))
    own = _named(districts_for(built, districts)) if by == "district" else None
    atlas = replace(atlas_of(built), relief=_relief(Path(folder), manifest))
    return draw_sheet(atlas, by=by, districts=own, dataset_hash=written_sha256(manifest), **options)


def _relief(root: Path, manifest: Manifest) -> Picture | None:
    """Return the relief that a build shows in its page."""
    from geo.sheets.relief import page_relief

    return page_relief(root / PAGE) if PAGE in manifest.outputs and (root / PAGE).is_file() else None


def _named(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return districts with a name in both languages: where one is missing the other stands, else the code."""
    code = districts["code"].astype(str)
    unnamed = pd.Series(pd.NA, index=districts.index, dtype="str")
    en, ko = (districts.get(name, unnamed).astype("str").replace("", pd.NA) for name in ("name_en", "name_ko"))
    return districts.assign(name_en=en.fillna(ko).fillna(code), name_ko=ko.fillna(en).fillna(code))


def write_sheets(sheets: Any, output: Path, form: str | None, *, dpi: int, overwrite: bool) -> list[Path]:
    """Write sheets, see `geo.sheets.pdf.Sheets.save`.

    Raises
    ------
    ConfigError
        If a file stands there and is not to be replaced, or the folder does not exist.
    """
    from geo.sheets.paper import dpi_of
    from layers.show import writable

    paths = sheets.paths(output, form)
    if paths[0].suffix.lower() == ".png":
        dpi_of(dpi, sheets.pages[0].view.paper_mm)
    targets = [writable(path, overwrite) for path in paths]
    if not targets[0].parent.is_dir():
        raise ConfigError("no such folder", where=str(targets[0].parent), mend="make it, or name another with -o")
    found: list[Path] = sheets.save(output, form, dpi=dpi)
    return found


def usual_target(folder: Path, tier: str, form: str | None = None) -> Path:
    """Return the file beside a build folder that its sheets go to; inside they would be strangers to the manifest.

    Examples
    --------
    >>> usual_target(Path("build/korea"), "public").as_posix(), usual_target(Path("b"), "restricted", "png").as_posix()
    ('build/korea.pdf', 'b-restricted.png')
    """
    named = folder if folder.name not in ("", "..") else folder.resolve()
    return named.parent / f"{named.name}{'-restricted' if tier == 'restricted' else ''}.{form or 'pdf'}"


def atlas_of(built: Built) -> Atlas:
    """Return a build that was read back as an atlas: its layers as they are written, and its area table."""
    layers = {name: _layer(name, frame, built) for name, frame in built.frames.items()}
    empty = pd.DataFrame()
    series = built.parameters.get("series") or built.area.settings["default_series"]
    return Atlas(
        area=built.area,
        layers=MappingProxyType(layers),
        series=str(series),
        areas=built.areas,
        lengths=empty,
        ledger=empty,
        overlaps=pd.DataFrame(columns=["layer", "other", "shared_km2"]),
        parameters=built.parameters,
        inputs={},
        tier=built.tier,
    )


def _layer(name: str, frame: gpd.GeoDataFrame, built: Built) -> Layer:
    """Return a layer whose words are those that most of its features bear, and whose date is the latest of theirs."""
    words = {column: _usual(frame[column]) for column in ("land_class", "basis")}
    keys = sorted({key for text in frame["sources"].astype(str).unique() for key in text.split(";") if key})
    dates = frame["as_of"].astype(str)
    told = dates[dates.str[:4].str.isdigit()]
    about: Mapping[str, str] = built.area.settings.get("about", {}).get(name, {})
    return Layer(
        name,
        frame,
        words["land_class"],
        words["basis"],
        tuple(keys),
        str((told if len(told) else dates).max()) if len(dates) else "",
        about_en=about.get("en", ""),
        about_ko=about.get("ko", ""),
    )


def _usual(column: pd.Series) -> str:
    found = column.astype(str).mode()
    return str(found.iloc[0]) if len(found) else ""


def written_sha256(manifest: Manifest) -> str:
    """Return the SHA-256 of all features that a build wrote, from its manifest; that of the same atlas in memory is the same."""
    return combined_sha256({name: str(facts["content_sha256"]) for name, facts in _written(manifest).items()})


def _written(manifest: Manifest) -> dict[str, Mapping[str, Any]]:
    """Return what a manifest tells of each layer's file, by the layer's name."""
    folder, ending = "layers/", ".parquet"
    return {
        name.removeprefix(folder).removesuffix(ending): facts
        for name, facts in manifest.outputs.items()
        if name.startswith(folder) and name.endswith(ending)
    }
