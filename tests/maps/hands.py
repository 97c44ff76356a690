"""How tests of the map's tools open it, click it and go to places."""

LANGUAGES = {"en": "English", "ko": "한국어"}


def opened(page, path, language="en"):
    """Open a page once its layers are there, in a language by its key or its own name."""
    page.goto(path.as_uri())
    page.wait_for_selector("#notice", state="hidden")
    page.get_by_role("button", name=LANGUAGES.get(language, language)).click()
    return page


def until(page, condition):
    """Wait until a condition holds. The policy of the page lets `wait_for_function` ask only once."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never held: {condition}")


def clicked(page, lat, lon):
    page.evaluate("([lat, lon]) => void atlas.map.fire('click', { latlng: L.latLng(lat, lon) })", [lat, lon])
    return page.locator(".popup.here")


def open_goto(page):
    page.locator("#tool-goto").click()
    return page.locator("#goto-field")


def gone_to(page, text):
    field = open_goto(page) if page.locator("#goto").is_hidden() else page.locator("#goto-field")
    field.fill(text)
    field.press("Enter")
    return page.locator(".popup.here")


def centre(page):
    at = page.evaluate("atlas.map.getCenter()")
    return at["lat"], at["lng"]


def on_screen(page, lat, lon):
    at = page.evaluate("([lat, lon]) => atlas.map.latLngToContainerPoint([lat, lon])", [lat, lon])
    box = page.locator(".folium-map").bounding_box()
    return box["x"] + at["x"], box["y"] + at["y"]
