"""Nothing of the page stays in the other language: every text and every attribute a reader meets, in each tab, tool and card."""

import pytest
from maps.hands import clicked, open_goto, opened
from maps.test_panel import survey_tables_of

from geo.maps.web import draw_map

ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-roledescription", "aria-valuetext"]
# English that is shown in Korean: prose (two words of small letters), or a word whose Korean the page knows.
LEFT = """(attributes) => {
  const known = new Set();
  const gather = (one) => {
    if (!one || typeof one !== 'object') return;
    const pair = typeof one.en === 'string' && typeof one.ko === 'string';
    if (pair && one.en !== one.ko && /[가-힣]/.test(one.ko)) known.add(one.en.trim());
    if (!pair) Object.values(one).forEach(gather);
  };
  const told = ['words', 'values', 'column_values', 'texts', 'symbols', 'tables', 'glossary', 'presets', 'title'];
  told.forEach((key) => gather(atlas.config[key]));
  atlas.layers.forEach((layer) => gather([layer.title, layer.about, layer.texts]));
  const prose = (text) => /[a-z]{3,} [a-z]{2,}/.test(text) || known.has(text);
  const english = (text) => /[A-Za-z]/.test(text) && !/[가-힣]/.test(text) && prose(text);
  const found = new Set();
  const foreign = (node) => node.closest('[lang=en], [lang=en-x-own], script, style, .folium-map > .leaflet-control-container a');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (text && english(text) && !foreign(walker.currentNode.parentElement)) found.add(text);
  }
  for (const node of document.querySelectorAll('body, body *')) {
    if (foreign(node)) continue;
    for (const name of attributes) {
      const text = (node.getAttribute(name) || '').trim();
      if (english(text)) found.add(`${name}: ${text}`);
    }
  }
  return [...found];
}"""
DATA = {"Feature", "made-up", "f0"}  # names of the made-up country


def left_in_english(page):
    return [text for text in page.evaluate(LEFT, ATTRIBUTES) if not any(word in text for word in DATA)]


@pytest.fixture(scope="module")
def full_path(atlas, tmp_path_factory):
    return draw_map(survey_tables_of(atlas)).save(tmp_path_factory.mktemp("full") / "atlas.html")


def test_the_walk_finds_english(quiet_page, full_path):
    page = opened(quiet_page, full_path, "ko")
    page.evaluate("document.body.append(atlas.make('p', { title: 'Close' }, 'Legend'), atlas.make('p', {}, 'left in the open'))")
    assert {"Legend", "title: Close", "left in the open"} <= set(page.evaluate(LEFT, ATTRIBUTES))


def test_everything_is_korean_in_korean(quiet_page, full_path, atlas):
    page = opened(quiet_page, full_path, "ko")
    assert left_in_english(page) == []  # every tab stands in the page, shown or not
    for text in ("", "52S 99 zz", "E 200000 N 600000", "5174 200000 600000", "48.85, 2.35", "zzz"):
        field = page.locator("#goto-field") if page.locator("#goto").is_visible() else open_goto(page)
        field.fill(text)
        field.press("Enter")
        assert left_in_english(page) == [], text
    page.locator("#tool-measure").click()
    page.locator("#show-grid").check()
    assert left_in_english(page) == []
    shape = atlas["unconfirmed_minefields"].frame.geometry.iloc[2].centroid
    clicked(page, shape.y, shape.x)
    page.keyboard.press("Escape")
    clicked(page, shape.y, shape.x)
    assert left_in_english(page) == []
    for name in atlas.layers:
        page.evaluate(
            """(name) => { const layer = atlas.layers.find((one) => one.name === name);
              atlas.openTool(null); atlas.show(layer, true);
              atlas.openFeature(atlas.map, layer, atlas.geometryOf(layer).row[0], atlas.map.getCenter()); }""",
            name,
        )
        assert page.locator(".popup").count() >= 1  # the last one may still be fading
        assert left_in_english(page) == [], name
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert left_in_english(page) == []


def test_a_number_with_a_word_before_it_is_told_in_both_languages(quiet_page, full_path):
    page = opened(quiet_page, full_path, "ko")
    page.locator("#choose-record").click()
    told = page.locator("#table-stockpile tbody").inner_text()
    assert "약 2,000,000" in told and "about" not in told
    page.get_by_role("button", name="English").click()
    assert "about 2,000,000" in page.locator("#table-stockpile tbody").inner_text()
    sorter = page.locator("#table-casualties thead button").nth(2)
    sorter.click()
    numbers = page.locator("#table-casualties tbody tr > :nth-child(3)").all_inner_texts()
    assert "about 2,000–3,000" in numbers[-8:]  # ordered as the number that it is
