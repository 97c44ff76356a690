"""The watch over the page speaks at everything that it should, and only then; no test meets what another left in the window."""

import time

import pytest
from maps.window import STATE
from playwright.sync_api import Error

PAGE = (
    '<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
    " script-src 'unsafe-inline'; img-src data: blob: http://tiles.example\"><title>t</title><body>{}</body>"
)
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
BREACHES = {
    "request": ('<img src="http://tiles.example/1.png">', "request http://tiles.example/1.png"),
    "console error": ("<script>console.error('one')</script>", "console one"),
    "console warning": ("<script>console.warn('two')</script>", "console two"),
    "exception": ("<script>throw new Error('three')</script>", "error three"),
    "rejection": ("<script>Promise.reject(new Error('four'))</script>", "error four"),
    "dialog": ("<script>alert('five')</script>", "dialog five"),
    "style against the policy": ("<style>p { color: red }</style>", "Content Security Policy"),
    "picture against the policy": ('<img src="https://other.example/2.png">', "Content Security Policy"),
    "script against the policy": ("<script src=\"data:text/javascript,'six'\"></script>", "Content Security Policy"),
}
QUIET = {
    "log": "<script>console.log('seven'); console.info('eight')</script>",
    "data": f'<img src="{DOT}">',
    "blob": "<script>new Image().src = URL.createObjectURL(new Blob())</script>",
}


def page_of(folder, planted):
    path = folder / "page.html"
    path.write_text(PAGE.format(planted), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("name", BREACHES)
def test_the_watch_speaks(window, tmp_path, name):
    planted, told = BREACHES[name]
    with pytest.raises(AssertionError) as caught, window.quiet() as page:
        page.goto(page_of(tmp_path, planted))
    assert told in str(caught.value)


@pytest.mark.parametrize("name", QUIET)
def test_the_watch_is_silent_where_nothing_is_wrong(window, tmp_path, name):
    with window.quiet() as page:
        page.goto(page_of(tmp_path, QUIET[name]))
        assert page.title() == "t"


def test_a_breach_is_heard_once_and_by_the_test_that_made_it(window, tmp_path):
    with pytest.raises(AssertionError), window.quiet() as page:
        page.goto(page_of(tmp_path, BREACHES["console error"][0]))
    with window.quiet() as page:
        assert page.url == "about:blank"


def test_a_breach_of_a_page_that_is_only_read_is_heard(window, page_path):
    with pytest.raises(AssertionError, match="nine"), window.quiet(page_path) as page:
        page.evaluate("console.error('nine')")
    with window.quiet(page_path) as page:
        assert page.evaluate("document.documentElement.dataset.ready") != "0"


def test_what_a_test_changed_is_as_in_a_new_window(window, tmp_path):
    uri = page_of(tmp_path, "")
    with window.quiet() as page:
        before = page.evaluate(STATE)
        page.goto(uri)
        page.set_viewport_size({"width": 375, "height": 740})
        page.emulate_media(media="print")
        page.set_default_timeout(100)
        page.context.grant_permissions(["clipboard-read"])
        page.mouse.move(100, 100)
        page.evaluate("() => { window.mine = 1; localStorage.setItem('mine', '1'); }")
    with window.quiet() as again:
        assert again is page
        assert again.evaluate(STATE) == before
        again.goto(uri)
        assert again.evaluate("[window.mine, localStorage.length, document.querySelectorAll(':hover').length]") == [None, 0, 0]
        assert again.evaluate("navigator.permissions.query({ name: 'clipboard-read' }).then((one) => one.state)") != "granted"
        again.evaluate("void setTimeout(() => document.body.append(document.createElement('hr')), 300)")
        again.wait_for_selector("hr", state="attached")  # within the timeout of a new window


def test_a_window_that_keeps_a_clock_or_a_script_is_replaced(window):
    with window.quiet() as first:
        first.clock.set_fixed_time("2007-12-30")
    with window.quiet() as second:
        assert second is not first
        assert abs(second.evaluate("Date.now()") / 1000 - time.time()) < 60
        second.context.add_init_script("window.planted = 1")
    with window.quiet() as third:
        assert third.evaluate("window.planted") is None


def test_a_window_that_was_closed_is_replaced(window):
    with pytest.raises(Error), window.quiet() as page:
        page.close()
    with window.quiet() as other:
        assert other.evaluate("1 + 1") == 2


def test_a_page_that_is_only_read_is_opened_once(window, page_path):
    for expected in (None, 1):
        with window.quiet(page_path) as page:
            assert page.evaluate("window.kept") == expected
            page.evaluate("() => { window.kept = 1; }")
    with window.quiet() as page:
        assert page.url == "about:blank"
    with window.quiet(page_path) as page:
        assert page.evaluate("window.kept") is None


def test_the_map_itself_is_not_handed_over(window, page_path):
    with window.quiet(page_path) as page, pytest.raises(AssertionError, match="void"):
        page.evaluate("atlas.map")
