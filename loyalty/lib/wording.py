"""Small joins of texts that languages punctuate in their own ways."""

from django.utils.translation import gettext


def named(name, value) -> str:
    """`name: value`, with the space before the colon where the reader's language has one."""
    return gettext("%(name)s: %(value)s") % {"name": name, "value": value}
