"""Staff who read French meet no English: every page of the admin that a link leads to, in a shop that has everything.

A text is English where it is the original of a text whose French differs, in any of the catalogues that Django joins,
or where it holds a small word that French does not know.
"""

import json
import re
import zoneinfo
from collections import Counter, defaultdict
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
import time_machine
from django.contrib import admin
from django.urls import resolve
from django.utils.translation import trans_real

from tests.backoffice.whole_shop import NOW, open_shop

EACH = 2  # pages of one kind: the second may differ from the first, the third tells nothing new
# One shows e-mails in each language, the other what machines are sent.
LEFT_OUT = {"logout", "jsi18n", "campaigns_emailsetting_examples", "webhooks_endpoint_examples"}
NAMES = {"English", "member", "import"} | {zone.replace("_", " ") for zone in zoneinfo.available_timezones()}
NAMES |= {'"from"', '"to"'}  # keys in the content of events, which is for machines
SMALL_WORDS = re.compile(
    r"\b(the|of|and|with|this|is|are|for|by|from|that|when|will|not|was|were|been|to|has|have|it)\b", re.IGNORECASE
)


class Page(HTMLParser):
    """What can be read on a page, and where its links lead."""

    def __init__(self, source):
        super().__init__()
        self.texts, self.links, self._hidden_in = [], [], None
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        # An icon is a word of English that its font draws as a picture.
        if tag in ("script", "style") or "material-symbols" in (attributes.get("class") or ""):
            self._hidden_in = tag
        self.texts += [attributes.get(name) or "" for name in ("title", "placeholder", "aria-label", "alt")]
        if tag == "input" and attributes.get("type") == "submit":
            self.texts.append(attributes.get("value") or "")
        if tag == "canvas":
            chart = json.loads(attributes["data-value"])
            self.texts += [*chart["labels"], *(each["label"] for each in chart["datasets"])]
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])

    def handle_endtag(self, tag):
        if tag == self._hidden_in:
            self._hidden_in = None

    def handle_data(self, data):
        if self._hidden_in is None:
            self.texts.append(data)


def read(browser):
    """Each page once: its address and its texts."""
    waiting, known, seen = ["/admin/"], {"/admin/"}, Counter()
    while waiting:
        address = waiting.pop(0)
        match = resolve(address)
        if match.url_name in LEFT_OUT or seen[match.view_name] == EACH:
            continue
        response = browser.get(address)
        if not response.headers["content-type"].startswith("text/html") or response.status_code != 200:
            assert response.status_code in (200, 302), f"{address}: {response.status_code}"
            continue
        seen[match.view_name] += 1
        page = Page(response.content.decode())
        yield address, {" ".join(text.split()) for text in page.texts}
        for link in page.links:
            target = urljoin(address, link).partition("#")[0].partition("?")[0]
            if target.startswith("/admin/") and target not in known:
                known.add(target)
                waiting.append(target)


@pytest.fixture(scope="module")
def originals():
    """The English of every message whose French differs."""
    french = defaultdict(set)
    for key, translation in trans_real.translation("fr")._catalog.items():
        message, form = key if isinstance(key, tuple) else (key, 0)
        french[message.rpartition("\x04")[2].strip().casefold()].add(translation.strip().casefold())
    return {message for message, translations in french.items() if message and message not in translations}


def is_english(text, originals):
    return text not in NAMES and (text.casefold() in originals or SMALL_WORDS.search(text))


@pytest.fixture
def owner(administrator):
    with time_machine.travel(NOW, tick=False):
        open_shop(administrator)
        yield administrator


@pytest.mark.long
def test_no_page_shows_english(owner, sign_in, originals):
    english = {
        text: address for address, texts in read(sign_in(owner, "fr")) for text in texts if is_english(text, originals)
    }

    assert english == {}


def test_the_shop_has_something_of_everything(owner):
    assert [model._meta.label for model in admin.site._registry if not model._base_manager.exists()] == []
