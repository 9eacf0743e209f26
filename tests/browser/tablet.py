"""A clerk's tablet at the till: what the clerk touches and types is counted, what the clerk sees is checked.

`FILM=DIR pytest tests/browser` keeps a picture of each step at each width in DIR, a folder per journey, with its taps
in `taps.txt`.
"""

import os
from pathlib import Path

FILM = os.environ.get("FILM")
WIDTHS = (360, 1280, 820)  # the last stays
TOO_SMALL = """() => {
    const target = (each) => each.matches("[type=checkbox], [type=radio]") ? each.labels[0] ?? each : each;
    const seen = (each) => each.checkVisibility({visibilityProperty: true}) && !each.matches(".skip, [type=hidden]");
    const isInText = (each) => each.matches("p a, li a, summary a") && getComputedStyle(each).display === "inline";
    return [...document.querySelectorAll("a, button, input, select, textarea, summary")]
        .filter((each) => seen(each) && !isInText(each)).map(target)
        .filter((each) => { const box = each.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
        .map((each) => each.outerHTML.slice(0, 120));
}"""

# Until the browser can go on without the server.
READY = """async () => {
    const isReady = () => navigator.serviceWorker.controller && localStorage.getItem("counter-offline");
    while (!isReady()) await new Promise((done) => setTimeout(done, 50));
}"""


class Tablet:
    """`tap`, `type`, `scan` and `press` are what a clerk does; `see(name)` checks the page and takes its picture."""

    def __init__(self, page, clerk, assert_accessible, journey):
        self.page, self.clerk, self.assert_accessible, self.journey = page, clerk, assert_accessible, journey
        self.taps, self.signs, self.steps = 0, 0, []

    def open(self, path):
        self.page.goto(path)

    def tap(self, selector):
        self.taps += 1
        self.page.click(selector)

    def type(self, text, into=None):
        """Into the field that has the focus, or after a tap on another."""
        if into:
            self.tap(into)
        self.signs += len(text)
        self.page.keyboard.type(text)

    def scan(self, code):
        """As a keyboard-wedge scanner does, Enter included: nobody taps."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def press(self, key):
        self.taps += 1
        self.page.keyboard.press(key)

    def confirm(self):
        self.tap("button.confirm")

    @property
    def words(self):
        return " ".join(self.page.inner_text("main").split())

    def see(self, step, *sentences):
        """The page says the sentences, holds together at every width, and axe-core finds nothing."""
        words = self.words
        self.steps.append(step)
        for sentence in sentences:
            assert sentence in words, words
        height = self.page.viewport_size["height"]
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": height})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, step
            assert self.page.evaluate(TOO_SMALL) == [], (step, width)
            if FILM:
                self._keep(step, width)
        self.assert_accessible(self.page)

    def _keep(self, step, width):
        folder = Path(FILM, self.journey)
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{len(self.steps)}-{step}-{width}.png", full_page=True)
        told = f"{self.journey}: {self.taps} taps, {self.signs} signs typed\n"
        (folder / "taps.txt").write_text(told, encoding="utf-8")


def press(page, button, until):
    """A slow finger on the button: it is lifted only once `until(page)` has come and the page has answered to it."""
    button.hover()
    with until(page):
        page.mouse.down()
    page.wait_for_timeout(200)  # milliseconds, for what would move the button
    page.mouse.up()
