"""The web map: one offline HTML file made by folium, with Leaflet, the layers, the tables and the warnings inside.

Assumption: data reach the page as compressed JSON and become text nodes and vectors there; no string of the data is ever
markup or code. The closest zoom follows the precision of what is drawn, so that a sketch is not read as a survey.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from geo.errors import ConfigError
from geo.generalise import as_shown
from geo.layer import Atlas
from geo.maps.backdrop import backdrop
from geo.maps.content import brief, config, described, fixed_texts, generalised, ground, map_zoom, marks, start_view, subtitle
from geo.maps.offline import script_tag, stand_alone, style_tag
from geo.maps.online import server_of
from geo.maps.payload import packed
from geo.maps.rasters import raster_block
from geo.maps.series import series_data
from geo.maps.words import WORDS, Pair, pair

SCRIPTS = (
    "decode language growth symbols marks kept canvas geometry dots painting notes crowd pick cells"
    " sketch panes layers withhold days raster"
    " projection geodesy coordinates plane reading popup tools here goto measure labels legend status"
    " tree chart table presets provenance glossary panel finds series relief tiles gridlines grid print paper start"
).split()
STYLES = ("atlas", "panel", "tools", "series", "ground", "print", "paper", "crowd")
LANGUAGES = ("en", "ko")
HEAD, BODY = "<!--head-->", "<!--body-->"  # filled after folium, which would take our texts for templates


@dataclass(frozen=True, slots=True)
class AtlasMap:
    """A finished map: one HTML text that opens without a network."""

    html: str

    def save(self, path: str | Path) -> Path:
        """Write the page as UTF-8 and return its path."""
        target = Path(path)
        target.write_bytes(self.html.encode())
        return target


def draw_map(atlas: Atlas, *, language: str | None = None) -> AtlasMap:
    """Draw an atlas as one offline page.

    Parameters
    ----------
    atlas : Atlas
    language : {"en", "ko"}, optional
        What the page opens in; without it Korean where the reader's browser asks for Korean, else English.

    Returns
    -------
    AtlasMap
        The same atlas gives the same bytes.

    Raises
    ------
    ConfigError
        If the page has no such language, or the installed folium asks for an asset that is not installed.
    """
    if language not in (None, *LANGUAGES):
        raise ConfigError("no such language", where="language", expected=", ".join(LANGUAGES), found=str(language))
    shown = as_shown(atlas)
    page = folium_page(shown)
    if language:
        page = page.replace("<html ", f'<html data-asked="{language}" ', 1)
    server = server_of(atlas.area.settings)
    origins = (server.origin,) if server else ()
    html = stand_alone(page, title=atlas.area.title_en, lang=language or "en", pictures_from=origins)
    return AtlasMap(with_data(html, data_blocks(shown)))


def folium_page(atlas: Atlas) -> str:
    """Return the page as folium renders it, with our elements in it and Leaflet still linked."""
    import folium
    from branca.element import MacroElement
    from jinja2 import Template

    class LeanMap(folium.Map):
        """A map that asks for Leaflet and nothing else."""

        default_js = [asset for asset in folium.Map.default_js if asset[0] == "leaflet"]  # noqa: RUF012, folium reads it so
        default_css = [asset for asset in folium.Map.default_css if asset[0] == "leaflet_css"]  # noqa: RUF012

    class Page(MacroElement):
        """The place of the skeleton, in front of the map so that the keyboard meets it first."""

        _template = Template(f"{{% macro html(this, kwargs) %}}{BODY}{{% endmacro %}}")

    class Start(MacroElement):
        """The place of our style sheets and scripts behind Leaflet's, and the call that hands the map to them."""

        _template = Template(
            f"{{% macro header(this, kwargs) %}}{HEAD}{{% endmacro %}}"
            "{% macro script(this, kwargs) %}atlas.start({{ this._parent.get_name() }});{% endmacro %}"
        )

    west, south, east, north = start_view(atlas)
    chart = LeanMap(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=9,
        control_scale=False,
        minZoom=6,
        maxZoom=map_zoom(atlas),
        zoomSnap=0.25,
        zoomDelta=1,
        wheelPxPerZoomLevel=90,
        maxBoundsViscosity=0.8,
        font_size="14px",
    )
    chart.get_root().add_child(Page(), index=0)  # type: ignore[no-untyped-call]
    chart.add_child(Start())  # type: ignore[no-untyped-call]
    html: str = chart.get_root().render()
    html = html.replace("<html>", f'<html data-layers="{len(atlas.layers)}" data-ready="0">', 1)
    return html.replace(HEAD, page_head(), 1).replace(BODY, page_body(atlas, chart.get_name()), 1)


def data_blocks(atlas: Atlas) -> Iterator[tuple[str, Any]]:
    """Yield the id and the data of every block of the page."""
    series, others = series_data(atlas)
    yield "config", config(atlas, fixed_texts(atlas)) | {"series": series}
    yield "ground", ground(atlas)
    yield "raster", raster_block(atlas)
    yield "backdrop", backdrop(atlas, server_of(atlas.area.settings))
    for name, layer in atlas.layers.items():
        yield name, described(atlas, layer)
    yield from others.items()


def with_data(html: str, blocks: Iterable[tuple[str, Any]]) -> str:
    """Return a finished page with its data blocks: base64, which needs neither an escape nor a look for addresses."""
    before, end, behind = html.rpartition("</body>")
    with ThreadPoolExecutor() as pool:  # a block is compressed while the next one is made
        tags = pool.map(data_tag, blocks)
    return "".join([before, *tags, end, behind])


def data_tag(block: tuple[str, Any]) -> str:
    """Return a data block as the element that holds it."""
    name, value = block
    return f'<script type="application/json" id="data-{name}">{packed(value)}</script>\n'


def page_head() -> str:
    """Return the page's own style sheets and scripts as tags."""
    folder = files("geo.maps") / "page"
    tags = [script_tag((folder / f"{name}.js").read_text(encoding="utf-8")) for name in SCRIPTS]
    styles = [style_tag((folder / f"{name}.css").read_text(encoding="utf-8")) for name in STYLES]
    return "\n".join([*styles, *tags])


def page_body(atlas: Atlas, map_id: str) -> str:
    """Return the skeleton filled with the fixed texts; every text is escaped."""
    from jinja2 import Environment
    from markupsafe import Markup

    def both(text: Pair) -> Markup:
        return Markup('<span lang="en">{}</span><span lang="ko">{}</span>').format(text["en"], text["ko"])

    texts = fixed_texts(atlas)
    source = (files("geo.maps") / "page" / "atlas.html").read_text(encoding="utf-8")
    about = [*(texts[key] for key in ("no_data", "found_one", "not_official", "verify")), subtitle(atlas)]
    about += [texts[key] for key in ("screening", "rounding")]
    about += [texts[key] for key in marks(atlas) if key != "simulated"]
    whole, short = (
        [(key, f"{text(texts[key])['en']} / {text(texts[key])['ko']}") for key in marks(atlas)] for text in (dict, brief)
    )
    first = [texts["tier_public"]] if generalised(atlas) else []
    return (
        Environment(autoescape=True)
        .from_string(source)
        .render(
            both=both,
            words=WORDS,
            title=pair(atlas.area.title_en, atlas.area.title_ko),
            subtitle=subtitle(atlas),
            map_id=map_id,
            first=[*first, WORDS["drawn"]],
            texts=about,
            loading=texts["loading"],
            no_data=texts["no_data"],
            found_one=texts["found_one"],
            not_official=texts["not_official"],
            verify=texts["verify"],
            marks=whole,
            watermarks=short,
        )
    )
