"""Members who may be one person. A likeness is for a person to judge: nothing is merged by it.

E-mails and phones are one member's by the database, so what is looked for is what slips through: an e-mail that differs
by dots or a `+tag` before the @, or the same name with the same birth date or postcode.
"""

from dataclasses import dataclass

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.db.models.functions import Concat, Left, Lower, Replace, StrIndex, Substr
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.lib.fields import FoldedField
from members.models import Member

MOST_GROUPS = 100


@dataclass(frozen=True, slots=True)
class Likeness:
    """Members with something in common, the longest known first."""

    why: str | Promise
    members: list[Member]


def likenesses(*, most: int = MOST_GROUPS) -> list[Likeness]:
    """Groups of active members, each pair once; at most so many for each kind of likeness."""
    found, seen = [], set()
    for why, same in (
        (_("e-mails that reach the same person"), _same_mailbox),
        (_("the same name and birth date"), _same_name_and("birth_date")),
        (_("the same name and postcode"), _same_name_and("postcode")),
    ):
        for members in same(most):
            key = tuple(member.pk for member in members)
            if key not in seen:
                seen.add(key)
                found.append(Likeness(why, members))
    return found


def namesakes(*, first_name: str, last_name: str) -> QuerySet[Member]:
    """Active members of this whole name, one of whom somebody new may be. By the index: mailboxes wait for the page of
    duplicates."""
    if not (first_name and last_name):
        return Member.objects.none()
    return Member.objects.active().filter(name_key=FoldedField.key(first_name, last_name)).order_by("pk")


def _same_name_and(column: str):
    def find(most: int) -> list[list[Member]]:
        known = Member.objects.active().exclude(name_key="").exclude(**{column: None if column == "birth_date" else ""})
        groups = known.values("name_key", column).annotate(n=Count("pk")).filter(n__gt=1).order_by("name_key", column)
        return [
            list(known.filter(name_key=group["name_key"], **{column: group[column]}).order_by("created_at", "pk"))
            for group in groups[:most]
        ]

    return find


def _same_mailbox(most: int) -> list[list[Member]]:
    """`An.a+shop@example.com` is delivered as `ana@example.com` by most who offer mailboxes to the public."""
    known = (
        Member.objects.active()
        .exclude(email="")
        .alias(at=StrIndex("email", Value("@")))
        .alias(local=Left("email", F("at") - 1), domain=Substr("email", F("at")))
        .alias(plus=StrIndex("local", Value("+")))
        .alias(name=Case(When(plus__gt=1, then=Left("local", F("plus") - 1)), default="local"))
        .annotate(mailbox=Lower(Concat(Replace("name", Value("."), Value("")), "domain", output_field=CharField())))
    )
    groups = known.values("mailbox").annotate(n=Count("pk")).filter(n__gt=1).order_by("mailbox")
    return [list(known.filter(mailbox=group["mailbox"]).order_by("created_at", "pk")) for group in groups[:most]]
