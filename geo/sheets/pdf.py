"""Sheets as files: a vector PDF of all pages, or a PNG of each; the same atlas gives the same bytes.

Assumption: the reader prints at 100 %. Nothing of the clock, the machine or the path goes into a file, and no box is cut to what
is drawn: a page is as large as its paper. Limit: bytes are the same for one version of matplotlib and of the font.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geo.errors import ConfigError, nearest
from geo.exchange.archive import beside
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
from geo.sheets.pages import OVERVIEW, Page, Wanted, footprints, pages_of
from geo.sheets.paper import dpi_of, paper_mm, scale_of
from geo.sheets.view import LANGUAGES, View
from geo.sheets.watermark import draw_watermark

FORMS = ("pdf", "png")
USUAL_DPI = 200
FIRST_YEAR, LAST_YEAR = 1900, 2100  # that a declination may be for; whether the model knows them is its own matter


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
        """Return a page, counted from 1, as a matplotlib figure of the paper's size.

        Raises
        ------
        ConfigError
            If there is no such page.
        """
        from matplotlib import rc_context

        place = self._place(number)
        with rc_context(self.lettering.settings):
            return _figure(self, place)

    def _place(self, number: int) -> int:
        """Return the place of a page that is counted from 1."""
        if not 1 <= number <= len(self.pages):
            raise ConfigError("no such page", where="number", expected=f"1 to {len(self.pages)}", found=str(number))
        return number - 1

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
            If there is no such page, letters of so few dots cannot be read, or there are too many pixels.
        """
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        place, found = self._place(number), io.BytesIO()
        dots = dpi_of(dpi, self.pages[place].view.paper_mm)
        with rc_context(self.lettering.settings):
            figure = _figure(self, place)
            FigureCanvasAgg(figure)
            figure.savefig(found, format="png", dpi=dots, metadata={"Software": None})
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
        """Write the sheets and return the files: all of them whole, or none; those of the restricted tier for their owner alone.

        Parameters
        ----------
        path : str or Path
            Its ending says the form, unless `form` does. Older files are replaced.
        form : {"pdf", "png"}, optional
        dpi : int
            Of a PNG.

        Raises
        ------
        ConfigError
            If the files cannot be written.
        """
        targets = self.paths(path, form)
        if targets[0].suffix.lower() == ".pdf":
            contents: Iterator[bytes] = iter([self.pdf()])
        else:
            contents = (self.png(number, dpi) for number in range(1, len(targets) + 1))
        _write(targets, contents, private=self.atlas.tier == "restricted")
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
        Of your official map [degrees], east positive, with its year; computed by the World Magnetic Model without it.
    year : float, optional
        That the declination is for, 1900 to 2100; by default of a computed one the year of the newest information in the atlas.
    dataset_hash : str, optional
        By default that of the features.

    Returns
    -------
    Sheets
        With ``save``.

    Raises
    ------
    ConfigError
        For an unknown paper, scale, language or layer, bounds outside the area, or a declination without its year.

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
    check_declined(declination_deg, year)
    check_also(also, atlas.layers)
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


def check_declined(declination_deg: float | None, year: float | None) -> None:
    """Refuse a declination that nobody can update, and a year that is none.

    Raises
    ------
    ConfigError
        If a declination comes without its year, or the year is not 1900 to 2100.

    Examples
    --------
    >>> check_declined(-9.5, 2020.0)
    >>> check_declined(-9.5, None)
    Traceback (most recent call last):
        ...
    geo.errors.ConfigError: a declination without its year: --declination: found -9.5: add --year, as on the map it is taken from
    """
    if declination_deg is not None and year is None:
        mend = "add --year, as on the map it is taken from"
        raise ConfigError("a declination without its year", where="--declination", found=f"{declination_deg:g}", mend=mend)
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise ConfigError("no year", where="--year", expected=f"{FIRST_YEAR} to {LAST_YEAR}", found=f"{year:g}")


def check_also(also: Sequence[str], layers: Iterable[str]) -> None:
    """Refuse layers to draw that an atlas does not have.

    Raises
    ------
    ConfigError
        With those that it has and that are not drawn otherwise.

    Examples
    --------
    >>> check_also(["past_hazards"], ["mdl", "mined_density"])
    Traceback (most recent call last):
        ...
    geo.errors.ConfigError: no such layer in this atlas: --also: found past_hazards: known: mined_density
    """
    names = set(layers)
    hidden = [name for name in START_HIDDEN if name in names]
    for name in also:
        if name not in names:
            mend = nearest(name, hidden) if hidden else "leave --also out: every layer is drawn"
            raise ConfigError("no such layer in this atlas", where="--also", found=name, mend=mend)


def _write(targets: Sequence[Path], contents: Iterable[bytes], *, private: bool) -> None:
    """Write files of one folder, each under its name as soon as all are whole."""
    with beside(targets[-1], private=private, overwrite=True) as place:
        for target, content in zip(targets, contents, strict=True):
            try:
                (place if target == targets[-1] else place.with_name(target.name)).write_bytes(content)
            except OSError as fault:
                mend = "make room there, or name another folder"
                raise ConfigError("cannot write", where=str(target), found=str(fault.strerror), mend=mend) from fault


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
    first = 1 if sheets.pages[0].name == OVERVIEW else 0
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
