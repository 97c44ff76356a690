"""Sheets as files: a vector PDF of all pages, or a PNG of each; the same atlas gives the same bytes.

Assumption: the reader prints at 100 %. Nothing of the clock, the machine or the path goes into a file, and no box is cut to what
is drawn: a page is as large as its paper. Limit: bytes are the same for one version of matplotlib and of the font.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geo.errors import ConfigError, nearest
from geo.generalise import as_shown
from geo.layer import Atlas
from geo.maps.symbols import START_HIDDEN
from geo.sheets.about import Place, about, dataset_sha256, latest_year, outline, watermarks
from geo.sheets.counts import counts_of
from geo.sheets.draw import draw_layers, map_axes, paper_figure
from geo.sheets.fonts import Lettering, lettering
from geo.sheets.grid import draw_grid
from geo.sheets.ground import draw_district
from geo.sheets.marginalia import Index, draw_margins
from geo.sheets.names import draw_names
from geo.sheets.norths import Declination, declination, middle_lonlat
from geo.sheets.pages import Page, Wanted, footprints, pages_of
from geo.sheets.paper import dpi_of, paper_mm, scale_of
from geo.sheets.view import LANGUAGES, View
from geo.sheets.watermark import draw_watermark

FORMS = ("pdf", "png")
USUAL_DPI = 200


@dataclass(frozen=True, slots=True)
class Sheets:
    """Sheets that are ready to be drawn; made by `draw_sheet`.

    Attributes
    ----------
    atlas : Atlas
        As its tier may be shown.
    pages : tuple of Page
    lettering : Lettering
    dataset_hash : str
    also : tuple of str
        Layers that usually are not drawn.
    declined : tuple of float or None and float
        Supplied declination [degrees], and the year it is for.
    messages : tuple of str
        What the user must know before printing.
    """

    atlas: Atlas
    pages: tuple[Page, ...]
    lettering: Lettering
    dataset_hash: str = ""
    also: tuple[str, ...] = ()
    declined: tuple[float | None, float] = (None, float("nan"))
    messages: tuple[str, ...] = ()

    def figure(self, number: int = 1) -> Any:
        """Return a page, counted from 1, as a matplotlib figure of the paper's size."""
        from matplotlib import rc_context

        with rc_context(self.lettering.settings):
            return _figure(self, number - 1)

    def pdf(self) -> bytes:
        """Return all pages as one PDF."""
        from matplotlib import rc_context
        from matplotlib.backends.backend_pdf import PdfPages

        told = {"Title": self.atlas.area.title_en, "Creator": None, "Producer": None, "CreationDate": None}
        found = io.BytesIO()
        with rc_context(self.lettering.settings), PdfPages(found, metadata=told) as file:
            for number in range(len(self.pages)):
                file.savefig(_figure(self, number))
        return found.getvalue()

    def png(self, number: int = 1, dpi: int = USUAL_DPI) -> bytes:
        """Return a page, counted from 1, as a picture.

        Raises
        ------
        ConfigError
            If letters of so few dots cannot be read, or there are too many pixels.
        """
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        found = io.BytesIO()
        with rc_context(self.lettering.settings):
            figure = _figure(self, number - 1)
            FigureCanvasAgg(figure)
            figure.savefig(
                found, format="png", dpi=dpi_of(dpi, self.pages[number - 1].view.paper_mm), metadata={"Software": None}
            )
        return found.getvalue()

    def paths(self, path: str | Path, form: str | None = None) -> list[Path]:
        """Return the files that `save` writes: one PDF, or a PNG for each page, numbered where there are several.

        Raises
        ------
        ConfigError
            If the form is neither, or the path ends as the other.
        """
        target = Path(path)
        kind = (form or target.suffix.lstrip(".") or "pdf").lower()
        if kind not in FORMS:
            raise ConfigError("no such format", where=str(target), expected=" or ".join(FORMS), found=kind)
        ending = target.suffix.lstrip(".").lower()
        if ending in FORMS and ending != kind:
            mend = f"leave --format out, or name {target.with_suffix('.' + kind).name}"
            raise ConfigError("two formats were asked for", where="--format", expected=ending, found=kind, mend=mend)
        if target.suffix.lower() != f".{kind}":
            target = target.with_name(f"{target.name}.{kind}")
        n_pages, digits = len(self.pages), len(str(len(self.pages)))
        if kind == "pdf" or n_pages == 1:
            return [target]
        return [target.with_stem(f"{target.stem}-{number:0{digits}d}") for number in range(1, n_pages + 1)]

    def save(self, path: str | Path, form: str | None = None, *, dpi: int = USUAL_DPI) -> list[Path]:
        """Write the sheets and return the files.

        Parameters
        ----------
        path : str or Path
            Its ending says the form, unless `form` does.
        form : {"pdf", "png"}, optional
        dpi : int
            Of a PNG.
        """
        targets = self.paths(path, form)
        if targets[0].suffix.lower() == ".pdf":
            targets[0].write_bytes(self.pdf())
            return targets
        for number, target in enumerate(targets, 1):
            target.write_bytes(self.png(number, dpi))
        return targets


def draw_sheet(
    atlas: Atlas,
    *,
    paper: str = "A4",
    landscape: bool = False,
    scale: str | int | None = None,
    bbox: Sequence[float] | None = None,
    language: str = "en",
    by: str | None = None,
    districts: gpd.GeoDataFrame | None = None,
    also: Sequence[str] = (),
    declination_deg: float | None = None,
    year: float | None = None,
    dataset_hash: str | None = None,
) -> Sheets:
    """Lay out an atlas as printable sheets at a true scale.

    Parameters
    ----------
    atlas : Atlas
    paper : {"A4", "A3", "A1"}
    landscape : bool
    scale : str or int, optional
        Such as ``1:50000``; without it the largest round scale that fits. Ground that is larger than a sheet takes several.
    bbox : sequence of float, optional
        West, south, east, north [degrees]; without it the zones along the front.
    language : {"en", "ko"}
        Where the machine has no font with Hangul, sheets are in English and a message says so.
    by : {"river", "district"}, optional
        An overview, and sheets for each.
    districts : GeoDataFrame, optional
        With ``name_en`` and ``name_ko``.
    also : sequence of str
        Layers to draw that usually are not, such as ``mined_density``.
    declination_deg : float, optional
        Of your official map [degrees], east positive; computed by the World Magnetic Model without it.
    year : float, optional
        That the declination is for; by default the year of the newest information in the atlas.
    dataset_hash : str, optional
        By default that of the features.

    Returns
    -------
    Sheets
        With ``save``.

    Raises
    ------
    ConfigError
        For an unknown paper, scale, language or layer, or bounds outside the area.

    Examples
    --------
    >>> import geo
    >>> geo.draw_sheet(None, paper="A5")
    Traceback (most recent call last):
        ...
    geo.errors.ConfigError: unknown paper: --paper: expected A4, A3, A1, found A5
    """
    size = paper_mm(paper, landscape=landscape)
    if language not in LANGUAGES:
        raise ConfigError("no such language", where="--lang", expected=" or ".join(LANGUAGES), found=language)
    for name in also:
        if name not in atlas.layers:
            raise ConfigError("no such layer in this atlas", where="--also", found=name, mend=nearest(name, START_HIDDEN))
    letters = lettering(language)
    box = None if bbox is None else tuple(float(side) for side in bbox)
    wanted = Wanted(size, None if scale is None else scale_of(scale), box, letters.language)  # type: ignore[arg-type]
    shown = as_shown(atlas)
    pages = pages_of(shown, wanted, by, districts)
    declined = (declination_deg, latest_year(shown) if year is None else float(year))
    problem = _declined(pages[0].view, declined)[1]
    return Sheets(
        atlas=shown,
        pages=tuple(pages),
        lettering=letters,
        dataset_hash=dataset_sha256(shown) if dataset_hash is None else dataset_hash,
        also=tuple(also),
        declined=declined,
        messages=tuple(filter(None, (letters.message, problem))),
    )


def _figure(sheets: Sheets, place: int) -> Any:
    """Return a page as a figure: the map from below to above, then what stands around it."""
    page = sheets.pages[place]
    figure = paper_figure(page.view)
    axes = map_axes(figure, page.view)
    drawn = draw_layers(axes, sheets.atlas, page.view, sheets.also)
    if page.within is not None:
        draw_district(axes, page.within, page.view)
    grid = draw_grid(axes, page.view)
    draw_names(axes, sheets.atlas, page.view)
    draw_watermark(axes, page.view, watermarks(sheets.atlas, drawn, sheets.lettering.hangul))
    counts = counts_of(sheets.atlas, page.view, drawn.layers, page.within) if page.counted else []
    told = about(
        sheets.atlas,
        page.view,
        Place(
            page.name,
            place + 1,
            len(sheets.pages),
            _index(sheets, place),
            tuple(counts),
            "frame" if page.within is None else "district",
        ),
        drawn=drawn,
        grid=grid,
        lettering=sheets.lettering,
        declination=_declined(page.view, sheets.declined)[0],
        dataset_hash=sheets.dataset_hash,
    )
    draw_margins(figure, page.view, told)
    return figure


def _index(sheets: Sheets, place: int) -> Index | None:
    """Return where the sheets lie; None where there is one only. An overview stands for all and is none of the boxes."""
    if len(sheets.pages) == 1:
        return None
    first = 1 if sheets.pages[0].name["en"] == "Overview" else 0
    return Index(outline(sheets.atlas), footprints(sheets.pages[first:]), place - first)


def _declined(view: View, declined: tuple[float | None, float]) -> tuple[Declination | None, str]:
    """Return the declination at the middle of a sheet; None and the reason where it cannot be told."""
    value, year = declined
    if value is None and not np.isfinite(year):
        return None, "magnetic north is not shown: no layer tells a year; name one with --year"
    try:
        return declination(*middle_lonlat(view), year, value), ""
    except ConfigError as fault:
        if value is not None:
            raise
        return None, f"magnetic north is not shown: {fault}"
