"""The translations test sees every way in which the source marks a text."""

from tests.messages import Message, in_po, in_python, in_template


def test_texts_in_python():
    source = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
_("plain " "and continued")
ngettext("%(n)d point", "%(n)d points", n)
pgettext_lazy("verb", "post")
translation.gettext("by its module")
_(computed)
somebody_elses("text")
"""
    assert set(in_python(source)) == {
        Message("plain and continued"),
        Message("%(n)d point", plural="%(n)d points"),
        Message("post", context="verb"),
        Message("by its module"),
    }


def test_texts_in_templates():
    source = """{% load i18n %}{% translate "It's \\"new\\"" %}{% translate 'May' context "month" %}
{% blocktranslate count n=n trimmed %}
  {{ n }} card
{% plural %}
  {{ n }} cards
{% endblocktranslate %}{{ _("in a variable") }}{% include "x.html" with title=_('in a tag') %}"""

    found = set(in_template(source))

    assert Message("May", context="month") in found
    assert Message("%(n)s card", plural="%(n)s cards") in found
    assert {Message("in a variable"), Message("in a tag")} < found
    assert len(found) == 5


def test_translations_in_a_catalogue():
    source = """msgid ""
msgstr "Content-Type: text/plain\\n"

#: members/models.py:1
msgid ""
"a long "
"text"
msgstr "un long texte"

#, fuzzy
msgid "guessed"
msgstr "deviné"

msgid "not yet"
msgstr ""

msgctxt "verb"
msgid "%(n)d post"
msgid_plural "%(n)d posts"
msgstr[0] "%(n)d envoi"
msgstr[1] "%(n)d envois"

#~ msgid "gone"
#~ msgstr "parti"
"""
    assert in_po(source) == {
        Message("a long text"): ["un long texte"],
        Message("%(n)d post", "verb", "%(n)d posts"): ["%(n)d envoi", "%(n)d envois"],
    }
