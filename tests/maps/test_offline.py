"""The page stands alone: nothing to fetch, a strict policy, the same bytes."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from geo.errors import ConfigError
from geo.maps.offline import add_policy, digest, inline_asset, left_over, renumber, script_tag, set_head, stand_alone
from geo.maps.web import draw_map

FOLIUM = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet"
BARE = '<!DOCTYPE html>\n<html>\n<head>\n<meta name="viewport" content="user-scalable=no"/>{}</head>\n<body></body></html>'


@pytest.fixture(scope="module")
def html(page_path):
    return page_path.read_text(encoding="utf-8")


def policy_of(html):
    text = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1]
    return {rule.split()[0]: rule.split()[1:] for rule in text.split(";")}


def test_nothing_is_left_to_fetch(html):
    assert left_over(html) == []
    assert "cdn.jsdelivr" not in re.sub(r"<script>.*?</script>", "", html, flags=re.S)


@pytest.mark.parametrize("address", ["https://cdn.example/jquery.js", f"{FOLIUM}.js?x", FOLIUM.replace("1.9.3", "2.0.0") + ".js"])
def test_an_unknown_asset_is_an_error(address):
    with pytest.raises(ConfigError, match="unknown asset"):
        inline_asset(address)


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="https://t.example/1.png">',
        "<style>@import 'x.css'</style>",
        '<div style="background:url(/a.png)"></div>',
        "<script>L.tileLayer('//t/{z}')</script>",
    ],
)
def test_anything_left_over_is_an_error(tag):
    with pytest.raises(ConfigError, match="would load something"):
        stand_alone(BARE.format(tag), title="t", lang="en")


def test_leaflet_is_the_version_folium_asks_for():
    assert "Leaflet 1.9.3" in inline_asset(f"{FOLIUM}.js")
    style = inline_asset(f"{FOLIUM}.css")
    assert "url(data:image/png;base64," in style
    assert "url(images" not in style


def test_the_policy_is_strict_and_every_hash_is_of_a_script_in_the_page(html):
    policy = policy_of(html)
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["connect-src"] == ["'none'"]
    assert not [
        source for sources in policy.values() for source in sources if "unsafe" in source or "*" in source or "http" in source
    ]
    bodies = [
        body for rest, body in re.findall(r"<script([^>]*)>(.*?)</script>", html, flags=re.S) if "application/json" not in rest
    ]
    assert sorted(policy["script-src"]) == sorted({digest(body) for body in bodies})
    assert html.index("Content-Security-Policy") < html.index("<script")


def test_a_changed_script_breaks_its_hash():
    page = add_policy('<meta charset="utf-8"><script>one</script>')
    assert digest("one") in page
    assert digest("two") not in page


def test_head(html):
    assert 0 < html.index('<meta charset="utf-8">') < 1024
    assert re.search(r'<html lang="en" data-layers="11" data-ready="0">', html)
    assert "user-scalable" not in html
    assert "<title>Korea" in html


def test_a_title_is_escaped():
    head = set_head(BARE.format(""), "</title><script>alert(1)</script>", "en")
    assert "<script>" not in head


def test_no_text_ends_a_script():
    assert script_tag("a='</script><!--'") == r"<script>a='<\/script><\!--'</script>"


def test_ids_are_numbered_in_order_and_checksums_are_left_alone():
    md5 = hashlib.md5(b"x").hexdigest()
    assert renumber(f"map_{'f' * 32} {md5} popup_{'0' * 32}_x") == f"map_0 {md5} popup_1_x"


def test_size_and_texts(html):
    assert len(html.encode()) <= 3_000_000
    for text in ("does not mean no mines", "1338", "112", "지뢰", "모의 배치", "Not an official product", "공식 자료가 아닙니다"):
        assert text in html


def test_no_path_of_a_machine(html):
    assert not re.search(r"(?<![A-Za-z0-9+/])/(?:home|root|tmp|work)/", html)


def test_two_renders_are_equal(atlas, html):
    assert draw_map(atlas).html == html


def test_another_process_writes_the_same_bytes(page_path):
    """Random ids, hash order and folium's class lists must not show: a fresh interpreter with another hash seed."""
    tests = Path(__file__).parents[1]
    code = (
        "import hashlib\nfrom maps.country import atlas_of\nfrom geo.area import read_area\nfrom geo.maps.web import draw_map\n"
        "print(hashlib.sha256(draw_map(atlas_of(read_area('korea'))).html.encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.strip() == hashlib.sha256(page_path.read_bytes()).hexdigest()


def test_synthetic_and_restricted_are_said_over_the_map(atlas):
    area = replace(atlas.area, settings=MappingProxyType({**atlas.area.settings, "synthetic": True}))
    html = draw_map(replace(atlas, area=area, tier="restricted")).html
    words = re.sub("<[^>]*>", "", re.search('<p id="mark">(.*?)</p>', html)[1])
    assert words.startswith("SYNTHETIC – FOR TRAINING ONLY / 가상 자료 – 훈련용 · RESTRICTED – do not publish")
    over = re.sub("<[^>]*>", "", re.search('<div id="watermark"[^>]*><p>(.*?)</p>', html)[1])
    assert over == "SYNTHETIC / 가상 자료 · RESTRICTED / 제한본 · SIMULATED / 모의 배치", (
        "cut off, a longer one could say the reverse"
    )
    assert "RESTRICTED – do not" not in draw_map(atlas).html
