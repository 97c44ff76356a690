"""Layers of thousands: a canvas that is kept, each feature in its pattern, the right one found, days and switches obeyed."""

import numpy as np
import pandas as pd
import pytest
import shapely
from maps.country import frame_of, survey_atlas_of
from maps.hands import opened, until

from geo.maps.web import draw_map

N = 6000
LAYER = "atlas.layers.find((one) => one.name === 'unconfirmed_minefields')"
DRAWN = f"(({{ shapes, specks }}) => shapes + specks)({LAYER}.crowd.drawn)"
IDLE = "atlas.drawing.size === 0"
SLOW = """{ const now = performance.now.bind(performance);
  let late = 0; performance.now = () => now() + (late += 100); 0 }"""  # every look at the clock finds the time used up


def squares(atlas, n):
    """Return n squares of about 90 m, 100 in a row, the even ones held until 2009, the odd ones since 2011."""
    west, _, east, north = atlas["mcz"].frame.total_bounds
    column, row = np.arange(n) % 100, np.arange(n) // 100
    x, y = (west + east) / 2 + 0.002 * column, north - 0.15 + 0.002 * row
    odd = np.arange(n) % 2 == 1
    return frame_of(
        shapely.box(x, y, x + 0.001, y + 0.001), land_class=np.where(odd, "CHA", "SHA"), precision_m=2.0, area_m2=1e4,
        basis="supplied", valid_from=np.where(odd, "2011", ""), valid_to=np.where(odd, "", "2009"),
    )  # fmt: skip


def page_of(area, folder, n, cover=None):
    """Return the page of n squares, under a field of class `cover` where one is named."""
    own = survey_atlas_of(area)
    frame = squares(own, n)
    if cover:
        field = shapely.box(*frame.total_bounds)
        frame = pd.concat([frame, frame.iloc[:1].assign(id="cover", land_class=cover, geometry=[field])], ignore_index=True)
    made = survey_atlas_of(area, changed={"unconfirmed_minefields": lambda _: frame})
    return draw_map(made).save(folder / "atlas.html")


@pytest.fixture(scope="module")
def large_path(area, tmp_path_factory):
    return page_of(area, tmp_path_factory.mktemp("large"), N)


def drawn_out(page):
    """Wait until nothing is being drawn."""
    until(page, IDLE)


def centre(page, number, zoom):
    """Move to the feature of this number, whatever its row, and return where it is on the page [px]."""
    return page.evaluate(
        f"""() => {{
          const layer = {LAYER};
          const row = [...Array(layer.n).keys()].find((one) => layer.value("name_en", one) === "Feature {number}");
          const middle = layer.crowd.geometry.bounds(new Set([row])).getCenter();
          atlas.map.closePopup();
          atlas.map.setView(middle, {zoom}, {{ animate: false }});
          const at = atlas.map.latLngToContainerPoint(middle);
          const frame = atlas.map.getContainer().getBoundingClientRect();
          return [at.x + frame.left, at.y + frame.top];
        }}"""
    )


def colours(page, x, y):
    """Return the colours of the canvas along 25 pixels through a place of the page, read at once: red, green, blue, alpha."""
    row = page.evaluate(
        f"""([x, y]) => {{
          const canvas = {LAYER}.crowd._container;
          const frame = canvas.getBoundingClientRect();
          const pen = Object.assign(document.createElement("canvas"), {{ width: 25, height: 1 }}).getContext("2d");
          pen.drawImage(canvas, 12 - Math.round(x - frame.left), -Math.round(y - frame.top));
          return [...pen.getImageData(0, 0, 25, 1).data];
        }}""",
        [x, y],
    )
    return {tuple(pixel) for pixel in np.array(row).reshape(25, 4).tolist()}


def test_three_features_need_no_canvas(quiet_page, area, tmp_path):
    page = opened(quiet_page, page_of(area, tmp_path, 3))
    assert page.evaluate(f"[{LAYER}.crowd === undefined, {LAYER}.features.length]") == [True, 3]
    assert page.locator(".leaflet-hazards-pane canvas").count() == 0


def test_thousands_are_one_canvas_and_all_are_drawn(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    assert page.locator(".leaflet-hazards-pane canvas:not(.soft)").count() == 1
    assert page.evaluate(f"{LAYER}.features.length") == 0
    page.evaluate(f"{{ atlas.map.fitBounds({LAYER}.crowd.getBounds(), {{ animate: false }}); 0 }}")
    assert page.evaluate(DRAWN) == N


def test_close_up_every_feature_in_view_is_a_shape(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    centre(page, 3050, 16)
    in_view, drawn = page.evaluate(
        f"""(() => {{
          const {{ geometry: g, _bounds: b, drawn }} = {LAYER}.crowd;
          const edge = (point) => atlas.map.layerPointToLatLng(point);
          const view = L.latLngBounds(edge(b.min), edge(b.max));
          const n = [...g.row.keys()].filter((i) => g.bounds(new Set([g.row[i]])).intersects(view)).length;
          return [n, drawn];
        }})()"""
    )
    assert in_view > 20
    assert (drawn["shapes"], drawn["specks"]) == (in_view, 0)
    assert not page.locator("#simplified").is_visible()


@pytest.mark.parametrize(("language", "text"), [("English", "zoom in for shapes"), ("한국어", "확대하면 모양이 보임")])
def test_far_off_it_says_that_it_is_simplified(quiet_page, large_path, language, text):
    page = opened(quiet_page, large_path, language)
    page.evaluate("{ atlas.map.setZoom(9, { animate: false }); 0 }")
    drawn_out(page)
    assert page.evaluate(f"{LAYER}.crowd.drawn.specks > {LAYER}.crowd.drawn.marks")
    assert text in page.locator("#simplified").inner_text()
    page.locator("#show-unconfirmed_minefields").uncheck()
    assert not page.locator("#simplified").is_visible()


@pytest.mark.parametrize(("number", "zoom"), [(0, 15), (3050, 15), (3051, 13), (N - 1, 16)])
def test_a_click_finds_the_right_one(quiet_page, large_path, number, zoom):
    page = opened(quiet_page, large_path)
    page.mouse.click(*centre(page, number, zoom))
    assert page.get_by_role("heading", name=f"Feature {number}", exact=True).is_visible()


def test_a_click_beside_them_reads_the_place(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    x, y = centre(page, 3050, 16)
    page.mouse.click(x + 46, y)  # squares are 46 pixels wide, and as far apart
    page.locator(".popup").wait_for()
    assert page.locator(".popup h3").filter(has_text="Feature 30").count() == 0


def test_the_pointer_names_what_is_under_it(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    page.mouse.move(*centre(page, 3050, 15))
    page.locator(".tip").get_by_text("Feature 3050", exact=True).wait_for()
    page.mouse.move(5, 5)
    page.locator(".tip").wait_for(state="detached")


def test_days_and_switches_are_obeyed(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    page.evaluate(f"{{ atlas.map.fitBounds({LAYER}.crowd.getBounds(), {{ animate: false }}); 0 }}")
    for day, n in (("2005", N // 2), ("2010", 0), ("2012", N // 2)):
        page.evaluate("(day) => atlas.setDay(atlas.lastDay(day), day)", day)
        assert page.evaluate(DRAWN) == n
    page.mouse.click(*centre(page, 3050, 15))  # an even one: it no longer holds
    assert page.get_by_role("heading", name="Feature 3050", exact=True).count() == 0
    page.evaluate("atlas.setDay(null, '')")
    page.locator("#show-unconfirmed_minefields").uncheck()
    assert page.locator(".leaflet-hazards-pane canvas").count() == 0


@pytest.mark.parametrize("zoom", [15, 17])  # in dots, and with the browser's own pen
def test_class_and_hatch_are_kept(quiet_page, large_path, zoom):
    """A confirmed area is red, a suspected one orange; the hatch crosses both, so that their colours vary within a square."""
    page = opened(quiet_page, large_path)
    found = {}
    for number, name in ((3050, "sha"), (3051, "cha")):
        at = centre(page, number, zoom)
        drawn_out(page)
        found[name] = colours(page, *at)
    assert all(len(one) > 3 for one in found.values())
    assert max(c[1] for c in found["sha"] if c[3] > 50) > max(c[1] for c in found["cha"] if c[3] > 50) + 40


def counted(page):
    """Count the drawings of the layer from now on."""
    drawn_out(page)
    page.evaluate(
        f"{{ const own = {LAYER}.crowd; const paint = atlas.painting; atlas.paintings = 0;"
        " atlas.painting = (crowd, ...rest) => { if (crowd === own) atlas.paintings += 1; return paint(crowd, ...rest); }; 0 }"
    )


def test_a_hidden_layer_comes_back_without_being_drawn_anew(quiet_page, large_path):
    """Also where the legend, and with it the map, changes its height meanwhile."""
    page = opened(quiet_page, large_path)
    counted(page)
    page.evaluate(f"{{ atlas.before = {LAYER}.crowd._container; 0 }}")
    box = page.locator("#show-unconfirmed_minefields")
    for _ in range(2):
        box.uncheck()
        assert page.locator(".leaflet-hazards-pane canvas").count() == 0
        box.check()
        assert page.evaluate(f"{LAYER}.crowd._container === atlas.before && atlas.before.isConnected")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("atlas.paintings") == 0


@pytest.mark.parametrize("change", ["atlas.map.setZoom(12, { animate: false })", "atlas.setDay(atlas.lastDay('2005'), '2005')"])
def test_a_hidden_layer_comes_back_as_it_is_then(quiet_page, large_path, change):
    page = opened(quiet_page, large_path)
    counted(page)
    box = page.locator("#show-unconfirmed_minefields")
    box.uncheck()
    page.evaluate(f"{{ {change}; 0 }}")
    assert page.evaluate("atlas.paintings") == 0
    box.check()
    drawn_out(page)
    assert page.evaluate("atlas.paintings") == 1


def test_small_moves_keep_the_drawing_and_large_ones_do_not(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    centre(page, 3050, 15)
    counted(page)
    page.evaluate("{ atlas.map.panBy([20, 10], { animate: false }); 0 }")
    assert page.evaluate("atlas.paintings") == 0
    assert len(colours(page, *centre_on_screen(page, 3050))) > 1
    page.evaluate("{ atlas.map.panBy([400, 0], { animate: false }); 0 }")
    drawn_out(page)
    assert page.evaluate("atlas.paintings") == 1


def centre_on_screen(page, number):
    """Return where the feature of this number is on the page [px], the map left as it is."""
    return page.evaluate(
        f"""() => {{
          const layer = {LAYER};
          const row = [...Array(layer.n).keys()].find((one) => layer.value("name_en", one) === "Feature {number}");
          const at = atlas.map.latLngToContainerPoint(layer.crowd.geometry.bounds(new Set([row])).getCenter());
          const frame = atlas.map.getContainer().getBoundingClientRect();
          return [at.x + frame.left, at.y + frame.top];
        }}"""
    )


@pytest.mark.parametrize("zoom", [6, 9, 11, 13])
def test_no_feature_is_without_a_mark(quiet_page, large_path, zoom):
    """Within a mark's width of every feature in view something is on the canvas; features are below a pixel to 12 pixels wide."""
    page = opened(quiet_page, large_path)
    centre(page, 3050, zoom)
    drawn_out(page)
    seen, bare = page.evaluate(
        f"""(() => {{
          const {{ geometry: g, _container: canvas, _bounds: bounds }} = {LAYER}.crowd;
          const frame = {LAYER}.crowd.frame();
          const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let [seen, bare] = [0, 0];
          for (let i = 0; i < g.n; i += 1) {{
            const x = Math.round(((g.west[i] + g.east[i]) / 2) * frame.scale - frame.left - bounds.min.x);
            const y = Math.round(((g.north[i] + g.south[i]) / 2) * frame.scale - frame.top - bounds.min.y);
            if (x < 7 || y < 7 || x >= canvas.width - 7 || y >= canvas.height - 7) continue;
            const near = Array.from({{ length: 121 }}, (_, k) => (y - 5 + Math.floor(k / 11)) * canvas.width + x - 5 + (k % 11));
            const marked = near.some((dot) => dots[4 * dot + 3] > 0);
            seen += 1;
            if (!marked) bare += 1;
          }}
          return [seen, bare];
        }})()"""
    )
    assert seen > 100
    assert bare == 0


def mark_of(page, key, **own):
    """Return the mark of a symbol as red, green, blue, alpha by row and column."""
    dots = page.evaluate(
        "([key, own]) => [...atlas.markDots(atlas.inDots(atlas.config.symbols[key], own, 1), 7, 1).data]", [key, own]
    )
    return np.array(dots).reshape(7, 7, 4)


def test_marks_tell_class_and_status_without_colour(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    cha, sha, closed, worked = (mark_of(page, key) for key in ("cha", "sha", "closed", "sha_worked_on"))
    inside = slice(1, 6)
    falling = np.arange(1, 6)
    assert (cha[falling, falling, 3] == 255).all()  # a stroke from the upper left to the lower right
    assert (sha[falling, 6 - falling, 3] == 255).all()  # and the other way
    for mark, other in ((cha, sha[:, ::-1]), (sha, cha[:, ::-1])):
        np.testing.assert_array_equal(mark[inside, inside, 3], other[inside, inside, 3])
        assert (mark[inside, inside, 3] == 255).sum() < 20
    assert (closed[inside, inside, 3] == 0).all()  # an outline, never a grey box
    assert 0 < (closed[..., 3] > 0).sum() < 24
    assert (sha[0, :, 3] == 255).all()
    assert 0 < (worked[0, :, 3] > 0).sum() < 7
    assert (sha[0, 0, :3] != worked[0, 0, :3]).any()


def test_a_click_on_a_mark_finds_the_gravest_that_it_stands_for(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    page.mouse.click(*centre(page, 3050, 10))  # an even one is suspected, among them the odd ones are confirmed
    name = page.locator(".popup h3").first.inner_text()
    assert int(name.split()[-1]) % 2 == 1
    assert abs(int(name.split()[-1]) % 100 - 50) <= 5


def test_a_slow_page_says_that_it_is_drawing_and_never_shows_a_half(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    drawn_out(page)
    page.evaluate(SLOW)
    assert page.evaluate(
        f"""(() => {{
          const before = {LAYER}.crowd._container;
          atlas.map.setZoom(atlas.map.getZoom() + 1, {{ animate: false }});
          return [{LAYER}.crowd._container === before, before.isConnected, !document.getElementById("drawing").hidden];
        }})()"""
    ) == [True, True, True]
    drawn_out(page)
    assert not page.locator("#drawing").is_visible()
    assert page.locator(".leaflet-hazards-pane canvas:not(.soft)").count() == 1


def test_a_slow_page_never_shows_another_day(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    centre(page, 3050, 14)
    drawn_out(page)
    page.evaluate(SLOW)
    shown = f"{LAYER}.crowd._container.style.visibility"
    assert page.evaluate(f"(() => {{ atlas.setDay(atlas.lastDay('2005'), '2005'); return {shown}; }})()") == "hidden"
    drawn_out(page)
    assert page.evaluate(shown) == ""


def test_a_print_waits_for_the_whole_drawing(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    drawn_out(page)
    page.evaluate(SLOW)
    width = f"(({{ width, style }}) => width / parseFloat(style.width))({LAYER}.crowd._container)"
    assert page.evaluate(f"(() => {{ window.dispatchEvent(new Event('beforeprint')); return [{IDLE}, {width}]; }})()") == [
        True,
        3,
    ]
    page.evaluate("{ window.dispatchEvent(new Event('afterprint')); 0 }")
    drawn_out(page)
    assert page.evaluate(width) == 1


def test_a_fine_screen_has_fine_dots(browser, browser_context_args, large_path):
    page = browser.new_context(**browser_context_args, device_scale_factor=2).new_page()
    opened(page, large_path)
    at = centre(page, 3051, 15)
    drawn_out(page)
    canvas = f"{LAYER}.crowd._container"
    assert page.evaluate(f"{canvas}.width / parseFloat({canvas}.style.width)") == 2
    page.mouse.click(*at)
    assert page.get_by_role("heading", name="Feature 3051", exact=True).is_visible()
    page.context.close()


def test_dots_fill_between_rings_and_keep_what_has_no_size(quiet_page, large_path):
    """A square of 20 dots with a hole of 10 has 300; one without a size is a dot of its outline."""
    page = opened(quiet_page, large_path)
    filled, point = page.evaluate(
        """(() => {
          const ends = (rings) => rings.reduce((found, ring) => [...found, found.at(-1) + ring.length], [0]);
          const along = (rings, axis) => rings.flat().map((place) => place[axis]);
          const shape = (...rings) => ({ part: [0, rings.length], ring: ends(rings), x: along(rings, 0), y: along(rings, 1) });
          const square = (from, to) => [[from, from], [to, from], [to, to], [from, to]];
          const frame = { scale: 1, left: 0, top: 0, min: { x: 0, y: 0 }, sharp: 1 };
          const [fill, line] = [{ red: 1, green: 2, blue: 3 }, { red: 9, green: 9, blue: 9 }];
          const look = { fill, fillOpacity: 1, hatch: [], dotted: null, line, lineOpacity: 1, dash: null };
          const count = (dots) => dots.dots.reduce((n, dot) => n + (dot !== 0), 0);
          const [first, second] = [new atlas.Dots(40, 40), new atlas.Dots(40, 40)];
          first.trace(shape(square(10, 30), square(15, 25)), 0, frame, 0.7);
          first.fill(look, 0, 0);
          second.trace(shape(square(12.5, 12.5)), 0, frame, 0.7);
          second.outline(look, 1, true);
          return [count(first), count(second)];
        })()"""
    )
    assert filled == 300
    assert point >= 1


def test_a_day_set_while_another_is_drawn_takes_its_place(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    drawn_out(page)
    page.evaluate(SLOW)
    page.evaluate("{ atlas.setDay(atlas.lastDay('2005'), '2005'); atlas.setDay(atlas.lastDay('2015'), '2015'); 0 }")
    drawn_out(page)
    assert "2015" in page.locator("#day-mark").inner_text()
    page.evaluate("{ atlas.setDay(null, ''); window.dispatchEvent(new Event('beforeprint')); 0 }")
    page.evaluate("{ window.dispatchEvent(new Event('afterprint')); 0 }")
    drawn_out(page)
    assert page.evaluate(f"{LAYER}.crowd.laid !== null && {LAYER}.crowd.covers()")


def test_a_drawing_is_seen_again_after_the_day_and_the_view_changed(quiet_page, large_path):
    """The canvas that was hidden with another day is used again for the next drawing."""
    page = opened(quiet_page, large_path)
    drawn_out(page)
    for step in ("atlas.setDay(atlas.lastDay('2005'), '2005')", "atlas.map.panBy([500, 0], { animate: false })") * 2:
        page.evaluate(f"{{ {step}; 0 }}")
        drawn_out(page)
        assert page.evaluate(f"{LAYER}.crowd._container.style.visibility") == ""


def test_a_large_field_covers_no_small_one(quiet_page, area, tmp_path):
    """Squares under a field that fills the view: what is drawn in dots is laid over what the browser's pen drew."""
    page = opened(quiet_page, page_of(area, tmp_path, N, cover="SHA"))
    centre(page, 301, 13)
    drawn_out(page)
    page.evaluate(
        """{ window.calls = [];
        for (const name of ["fill", "drawImage", "putImageData"]) {
          const own = CanvasRenderingContext2D.prototype[name];
          CanvasRenderingContext2D.prototype[name] = function (...all) {
            if (this.canvas.width > 500) window.calls.push(name);
            return own.apply(this, all);
          };
        } 0 }"""
    )
    page.evaluate("{ atlas.map.panBy([500, 0], { animate: false }); 0 }")
    drawn_out(page)
    calls = page.evaluate("window.calls")
    assert calls.count("fill") == 1 and calls[-2:] == ["putImageData", "drawImage"]


def test_on_paper_every_canvas_is_a_picture(quiet_page, large_path):
    """What a pen drew last Chromium draws anew on paper, 2 % smaller than the rivers and zones below it."""
    page = opened(quiet_page, large_path)
    drawn_out(page)
    page.evaluate(
        """{ for (const name of ["fill", "stroke", "fillRect", "clearRect", "drawImage", "putImageData"]) {
          const own = CanvasRenderingContext2D.prototype[name];
          CanvasRenderingContext2D.prototype[name] = function (...all) { this.canvas.last = name; return own.apply(this, all); };
        } 0 }"""
    )
    page.evaluate("{ window.dispatchEvent(new Event('beforeprint')); 0 }")
    last = page.evaluate("[...document.querySelectorAll('.leaflet-map-pane canvas')].map((one) => one.last)")
    assert last and set(last) == {"putImageData"}
