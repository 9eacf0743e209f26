"""French is complete: all texts of the project and of unfold are translated, and compiled as they were written."""

import gettext
import re
from collections import defaultdict

import pytest
from django.apps import apps
from django.utils.translation import trans_real

from tests.messages import in_po, in_python, in_template
from tests.source import ROOMS, ROOT, files, name

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# A space that breaks before : ; ! ? » % or after «, a straight apostrophe, three full stops.
TYPED_AS_IN_ENGLISH = re.compile(r" (?:[:;!?»]|%(?!\())|« |[^\W\d_]'\w|\.{3}")
CATALOGUES = sorted(path for room in ROOMS for path in room.rglob("fr/LC_MESSAGES/*.po"))


def unfolds_files():
    """Of unfold and its rooms that are installed; its optional rooms lie inside it."""
    for app in apps.get_app_configs():
        if app.name.partition(".")[0] == "unfold":
            folder = ROOT / app.path
            for path in [*folder.rglob("*.py"), *folder.rglob("*.html")]:
                inside = path.relative_to(folder).parts
                if inside[0] != "contrib" and "unfold_crispy" not in inside:
                    yield path


def messages(path):
    source = path.read_text(encoding="utf-8")
    return set(in_python(source) if path.suffix == ".py" else in_template(source))


def untranslated(paths):
    french = trans_real.translation("fr")._catalog
    for path in paths:
        for message in messages(path):
            key = f"{message.context}\x04{message.text}" if message.context else message.text
            if key not in french and (key, 0) not in french:
                yield path, message.text


def test_every_text_of_the_project_is_in_french():
    sources = [path for path in files(".py", ".html", ".txt") if "migrations" not in path.parts]

    assert sorted(f"{name(path)}: {text!r}" for path, text in untranslated(sources)) == []


def test_every_text_of_unfold_is_in_french():
    assert sorted({text for _, text in untranslated(unfolds_files())}) == []


@pytest.mark.parametrize("written", CATALOGUES, ids=name)
def test_what_is_compiled_is_what_was_written(written):
    with written.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog

    expected = {}
    for message, translations in in_po(written.read_text(encoding="utf-8")).items():
        key = f"{message.context}\x04{message.text}" if message.context else message.text
        if message.plural:
            expected |= {(key, form): text for form, text in enumerate(translations)}
        else:
            expected[key] = translations[0]

    compiled.pop("", None)
    assert compiled == expected


@pytest.mark.parametrize("written", CATALOGUES, ids=name)
def test_translations_keep_their_placeholders(written):
    wrong = [
        (message.text, text)
        for message, translations in in_po(written.read_text(encoding="utf-8")).items()
        for text in translations
        if set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(message.text + message.plural))
        or set(PLACEHOLDER.findall(message.text)) - set(PLACEHOLDER.findall(" ".join(translations)))
    ]

    assert wrong == []


def test_a_text_has_one_translation():
    found = defaultdict(set)
    for path in CATALOGUES:
        for message, translations in in_po(path.read_text(encoding="utf-8")).items():
            found[message].add(tuple(translations))

    # Django joins the catalogues: of two translations one would be shown everywhere.
    assert {message: texts for message, texts in found.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("written", CATALOGUES, ids=name)
def test_french_is_typeset_as_french(written):
    texts = [text for texts in in_po(written.read_text(encoding="utf-8")).values() for text in texts]

    assert [text for text in texts if TYPED_AS_IN_ENGLISH.search(text)] == []
