"""Whether the definition of a card makes sense: each problem at its field, in words for whoever wrote it."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.programs.kinds import Kind
from loyalty.punchcards.rules import Expiry, PunchOn

Problem = tuple[str, str | Promise]


def problems(definition) -> dict[str, list[str | Promise]]:
    """By field; empty where all is well. Fields that are no values of their own kind have been refused before."""
    found: dict[str, list[str | Promise]] = {}
    for finder in (_what_punches, _what_it_gives, _when, _where):
        for name, message in finder(definition):
            found.setdefault(name, []).append(message)
    return found


def _what_punches(definition) -> Iterator[Problem]:
    if definition.punch_on == PunchOn.AMOUNT and not definition.per_amount:
        yield "per_amount", _("Say for which amount a punch is given.")
    if Kind.REFUND in definition.kinds:
        yield "kinds", _("A refund takes punches back by itself, from what its purchase gave.")
    if not definition.kinds:
        yield "kinds", _("Choose at least one activity.")
    for name, excluded in (("categories", "excluded_categories"), ("skus", "excluded_skus")):
        if definition.program_id and (
            both := set(getattr(definition, name)) & set(getattr(definition.program, excluded))
        ):
            message = _("The program excludes these from earning: %(names)s.")
            yield name, str(message) % {"names": ", ".join(sorted(both))}


def _what_it_gives(definition) -> Iterator[Problem]:
    if definition.program_id and definition.reward_id and definition.reward.program_id != definition.program_id:
        yield "reward", _("This reward belongs to another program.")


def _when(definition) -> Iterator[Problem]:
    if definition.expiry != Expiry.NEVER and not definition.expires_after:
        yield "expires_after", _("Say after how many days or months a card expires.")
    if definition.valid_from and definition.valid_to and definition.valid_to <= definition.valid_from:
        yield "valid_to", _("The end must come after the start.")


def _where(definition) -> Iterator[Problem]:
    if not definition.stores or not definition.program_id:
        return
    known = set(definition.program.stores.values_list("code", flat=True))
    if unknown := [code for code in definition.stores if code not in known]:
        message = _("The program has no such stores: %(names)s.")
        yield "stores", str(message) % {"names": ", ".join(unknown)}
