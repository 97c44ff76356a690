"""One browser window for many tests: each begins on an empty page that nothing was done to, and whatever its page does is heard.

A new window costs three times what a page in an open one does. A window that keeps anything of a test (a clock, a script) is
closed, and the next test opens another.
"""

from contextlib import contextmanager, suppress

from playwright.sync_api import Error

TIMEOUT_MS = 30_000  # that of playwright, which some tests shorten
STATE = """[innerWidth, innerHeight, devicePixelRatio, navigator.language, navigator.onLine, matchMedia('print').matches,
            matchMedia('(prefers-reduced-motion)').matches, Object.keys(window).join()]"""
TIDY = """(() => { try { localStorage.clear(); sessionStorage.clear(); } catch { /* about:blank has none */ } })()"""


def listen(page):
    """Return the list that everything a page should not do is written to: errors, dialogs, requests, breaches of its policy."""
    heard = []

    def on_dialog(dialog):
        heard.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("pageerror", lambda error: heard.append(f"error {error}"))
    page.on("console", lambda message: heard.append(f"console {message.text}") if message.type in ("error", "warning") else None)
    page.on("dialog", on_dialog)
    page.on("websocket", lambda socket: heard.append(f"request {socket.url}"))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:", "blob:")) else heard.append(f"request {asked.url}"),
    )
    return heard


def lean(evaluate):
    """Return `evaluate` that refuses to hand over a Leaflet object: half a second goes by until all that hangs on it is read."""

    def told(expression, arg=None):
        found = evaluate(expression, arg)
        assert not (isinstance(found, dict) and "_leaflet_id" in found), f"write void before the call: {expression}"
        return found

    return told


class Window:
    """A window that tests use one after the other."""

    def __init__(self, browser, arguments):
        self.browser, self.arguments = browser, arguments
        self.page = self.heard = self.state = self.untouched = None

    def emptied(self):
        """Return the page as it is in a new window; open one where there is none or something is left in it."""
        self.untouched = None
        if self.page is None or not self._cleaned():
            self.close()
            self.page = self.browser.new_context(**self.arguments).new_page()
            self.page.evaluate = lean(self.page.evaluate)
            self.heard = listen(self.page)
            self.state = self.page.evaluate(STATE)
        self.heard.clear()
        return self.page

    def _cleaned(self):
        """Undo what can be undone and say whether the window is as it was when it was opened."""
        page, viewport = self.page, self.arguments["viewport"]
        try:
            page.set_default_timeout(TIMEOUT_MS)
            page.goto("about:blank")
            if page.viewport_size != viewport:
                page.set_viewport_size(viewport)
            page.emulate_media(media="null")
            page.context.clear_permissions()
            return page.context.pages == [page] and page.evaluate(STATE) == self.state
        except Error:
            return False

    def close(self):
        """Close the window, whatever state it is in."""
        if self.page is not None:
            with suppress(Error):  # what crashed may be closed already
                self.page.context.close()
            self.page = None

    @contextmanager
    def quiet(self, path=None):
        """Lend the page and fail when it did anything that it should not; with a path, of that page as it opens.

        A test that only reads asks for a path: the page is opened once for such tests that follow one another.
        """
        if path is None:
            self.emptied()
        elif self.untouched != path:
            self.emptied().goto(path.as_uri())
            self.page.wait_for_selector("#notice", state="hidden")
            self.untouched = path
        yield self.page
        self.page.evaluate(TIDY)  # and what the page has done so far is heard by then
        heard = self.heard.copy()
        if heard:
            self.untouched = None
        assert not heard, heard
