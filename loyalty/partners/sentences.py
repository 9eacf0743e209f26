"""What a contract made of an activity, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TITLE = gettext_lazy("Partner’s contract")


def explain(outcome: Mapping[str, Any], *, currency: str) -> str:
    words = {name: number_format(outcome[name], use_l10n=True, force_grouping=True) for name in ("desired", "granted")}
    sentence = _("%(desired)s points, of which what is agreed with %(partner)s left %(granted)s.")
    return sentence % {**words, "partner": outcome["partner"]}
