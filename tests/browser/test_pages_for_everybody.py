"""What anybody can open without signing in: readable with a keyboard and a screen reader, on a phone and on a desk."""

import pytest


@pytest.mark.parametrize("path", ["/nowhere/"])
@pytest.mark.parametrize("width", [360, 1280])
def test_an_open_page_is_accessible(open_page, assert_accessible, path, width):
    page = open_page(path, viewport={"width": width, "height": 800})
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    open_page.complaints.clear()  # the browser notes that the page was not found
