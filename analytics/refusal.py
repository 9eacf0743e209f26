"""How a value model says no. Light to import, so that it can be caught, stored and shown without loading scipy."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

REASONS = {
    "nobody_came_back": _("No member bought on a second day: nothing says how often members come back."),
    "few_came_back": ngettext_lazy(
        "Only %(found)d member bought on a second day; a forecast needs at least %(needed)d.",
        "Only %(found)d members bought on a second day; a forecast needs at least %(needed)d.",
        "found",
    ),
    "few_spent": ngettext_lazy(
        "Only %(found)d member spent money on a second day; a forecast needs at least %(needed)d.",
        "Only %(found)d members spent money on a second day; a forecast needs at least %(needed)d.",
        "found",
    ),
    "no_mean_spend": _("What members spend differs so widely that an average purchase cannot be forecast."),
    "no_maximum": _("The purchases do not settle the model: the search for its parameters found no maximum."),
    "horizon": _("The horizon is too long for purchases that were observed so briefly."),
}


class TooFewData(Exception):
    """The purchases do not carry a forecast that deserves trust. Its text is in the reader's language."""

    def __init__(self, reason: str, **figures: int):
        super().__init__(reason, figures)
        self.reason, self.figures = reason, figures

    def __str__(self) -> str:
        return REASONS[self.reason] % self.figures

    def stored(self) -> dict[str, str | int]:
        return {"reason": self.reason, **self.figures}


def explain(stored: dict) -> str:
    """The text of a refusal that was stored."""
    figures = dict(stored)
    return str(TooFewData(figures.pop("reason"), **figures))
