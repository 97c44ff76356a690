"""Make a rendered folium page stand alone: every asset inside, stable ids, a strict policy, nothing left to fetch.

Assumption: the page asks for Leaflet only, in the version that XStatic-Leaflet carries. An address that is not known here
is an error, never a request: a page that loads nothing cannot tell anyone where a planner is looking.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from pathlib import Path

from geo.errors import ConfigError

_MIME = {".png": "image/png", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_LINK = re.compile(r'<script src="(?P<js>[^"]*)"></script>|<link rel="stylesheet" href="(?P<css>[^"]*)"\s*/>')
_URL = re.compile(r"url\(\s*['\"]?(?!data:|#)([^'\")]+)['\"]?\s*\)")
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.S | re.I)
_STYLE = re.compile(r"<style[^>]*>(?P<body>.*?)</style>", re.S | re.I)


def stand_alone(html: str, *, title: str, lang: str, pictures_from: tuple[str, ...] = ()) -> str:
    """Return a folium page as one file that needs no network.

    Parameters
    ----------
    html : str
        What ``Figure.render()`` gave.
    title : str
        Of the page; any text, it is escaped here.
    lang : str
        Language the page opens in, ``en`` or ``ko``.
    pictures_from : tuple of str
        Origins that the policy lets the page ask for pictures, none by default; see `geo.maps.online`.

    Raises
    ------
    ConfigError
        If the page asks for an asset that is not installed, or anything is left to fetch.
    """
    html = re.sub(r"[ \t]+$", "", renumber(html), flags=re.M)
    html = _LINK.sub(lambda link: inline_asset(link["js"] or link["css"]), html)
    html = set_head(html, title, lang)
    html = add_policy(html, pictures_from)
    if left := left_over(html):
        raise ConfigError(
            "the map would load something", where="atlas.html", found=", ".join(left[:5]), mend="inline it in geo/maps/offline.py"
        )
    return html


def renumber(html: str) -> str:
    """Replace branca's random ids by numbers in order of appearance.

    Examples
    --------
    >>> renumber("map_" + "a" * 32 + " geo_" + "b" * 32 + "_styler map_" + "a" * 32)
    'map_0 geo_1_styler map_0'
    """
    seen: dict[str, str] = {}
    return re.sub(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])", lambda found: seen.setdefault(found[0], str(len(seen))), html)


def inline_asset(address: str) -> str:
    """Return the tag that holds an installed asset, for the address folium gives it.

    Raises
    ------
    ConfigError
        If no installed package carries the asset.
    """
    from xstatic.pkg import leaflet

    folder = Path(leaflet.BASE_DIR)
    known = {
        f"leaflet@{'.'.join(leaflet.VERSION.split('.')[:3])}/dist/{name}": folder / name for name in ("leaflet.js", "leaflet.css")
    }
    path = next((path for tail, path in known.items() if address.endswith("/" + tail)), None)
    if path is None:
        raise ConfigError(
            "unknown asset", where=address, expected=", ".join(known), mend="pin folium 0.20 and XStatic-Leaflet 1.9.3"
        )
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    if path.suffix == ".css":
        return style_tag(_URL.sub(lambda found: data_uri(path.parent / found[1]), text))
    return script_tag(text)


def data_uri(path: Path) -> str:
    """Return a file as a ``url(data:...)`` of a style sheet."""
    return f"url(data:{_MIME[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()})"


def script_tag(text: str) -> str:
    r"""Return a script as a tag; nothing in the text can end it.

    Examples
    --------
    >>> script_tag("a = '</script>'")
    "<script>a = '<\\/script>'</script>"
    """
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.M)
    text = re.sub(r"</(script)", r"<\\/\1", text, flags=re.I).replace("<!--", r"<\!--")
    return f"<script>{text}</script>"


def style_tag(text: str) -> str:
    """Return a style sheet as a tag."""
    return "<style>" + re.sub(r"</(style)", r"<\\/\1", text, flags=re.I) + "</style>"


def set_head(html: str, title: str, lang: str) -> str:
    """Write the language, the charset first, the title and a viewport that can be enlarged."""
    html = re.sub(r"<meta http-equiv=\"content-type\"[^>]*>", "", html)
    html, viewports = re.subn(r"<meta name=\"viewport\"[^>]*>", "", html)
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f'<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n{viewport}'
    html, heads = re.subn(
        r"<html([^>]*)>\s*<head>", lambda found: f'<html lang="{escape(lang)}"{found[1]}>\n{head}', html, count=1
    )
    if heads != 1 or viewports != 1:
        raise ConfigError(
            "unexpected page", where="folium", found=f"{heads} heads, {viewports} viewports", mend="pin folium 0.20"
        )
    return html


def digest(text: str) -> str:
    """Return a text's SHA-256 as a policy writes it.

    Examples
    --------
    >>> digest("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def add_policy(html: str, pictures_from: tuple[str, ...] = ()) -> str:
    """Put a Content-Security-Policy behind the charset: only the scripts and styles of this very page run."""
    scripts = [digest(found["body"]) for found in _SCRIPT.finditer(html) if "application/json" not in found["attributes"]]
    styles = [digest(found["body"]) for found in _STYLE.finditer(_SCRIPT.sub("", html))]
    rules = {
        "default-src": ["'none'"],
        "script-src": list(dict.fromkeys(scripts)),
        "style-src": list(dict.fromkeys(styles)),
        "img-src": ["data:", "blob:", *pictures_from],
        "font-src": ["data:"],
        "connect-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())
    return html.replace(
        '<meta charset="utf-8">', f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1
    )


def left_over(html: str) -> list[str]:
    """Return every address the page would still load.

    Examples
    --------
    >>> left_over('<img src="https://tiles.example/1.png"><a href="https://example.org">kept</a>')
    ['https://tiles.example/1.png']
    """
    markup = _SCRIPT.sub(lambda found: f"<script{found['attributes']}></script>", html)
    tags = re.findall(
        r"<(?!a\b)[a-z][^>]*?\s(?:src|href|srcset|poster|data)\s*=\s*[\"']?((?!data:|blob:|#)[^\"'\s>]+)", markup, flags=re.I
    )
    styles = re.findall(r"(?:url\(|@import)\s*[\"']?((?!data:|blob:|#)[^\"'\s)]+)", markup, flags=re.I)
    tiles = [word for word in re.split(r"[\s\"'<>]+", html) if "//" in word and re.search(r"\{[xyz]\}", word)]
    return tags + styles + tiles
