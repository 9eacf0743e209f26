"""What other rooms may ask about partners. Nothing here writes."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from loyalty.partners.models import Dispute, Partner, PartnerLine, PartnerMember, Statement
from loyalty.partners.sources import named, source_of
from loyalty.programs.models import Program
from members.models import Member

__all__ = ["BILLED", "OWED", "Month", "codes", "member_of", "months", "named", "partner", "public_ids", "source_of"]

BILLED = (PartnerLine.Kind.ACCRUAL.value, PartnerLine.Kind.REFUND.value, PartnerLine.Kind.PACK.value)
OWED = (PartnerLine.Kind.REDEMPTION.value, PartnerLine.Kind.ROLLBACK.value)


def partner(code: str) -> Partner | None:
    """The partner of this code, active or not."""
    return Partner.objects.filter(code=code).first()


def codes() -> list[str]:
    """Of all partners."""
    return list(Partner.objects.order_by("code").values_list("code", flat=True))


def member_of(*, partner: Partner, public_id: UUID | str, program: Program | None = None) -> Member | None:
    """Whom the partner knows by this identifier, as the person is today; None for whatever is not the partner's own.

    Where `program` is given, the identifier must be one of that program.
    """
    if (number := _uuid(public_id)) is None:
        return None
    links = PartnerMember.objects.filter(partner=partner, public_id=number)
    link = (links.filter(program=program) if program else links).select_related("member__merged_into").first()
    return (link.member.merged_into or link.member) if link else None


def public_ids(*, partner: Partner, program: Program, member_ids: Collection[int]) -> dict[int, UUID]:
    """By member, the identifier under which the partner knows them; who is not known to it is left out."""
    meant = Member.objects.filter(Q(pk__in=member_ids) | Q(merged_into__in=member_ids))  # by index, unlike `person`
    links = PartnerMember.objects.filter(partner=partner, program=program, member__in=meant.values("pk"))
    people = links.annotate(person=Coalesce("member__merged_into", "member")).filter(person__in=member_ids)
    # Later ones overwrite: of somebody who was merged the own link stays, else the oldest.
    rows = people.annotate(is_own=Q(member=F("person"))).order_by("is_own", "-pk")
    return dict(rows.values_list("person", "public_id"))


@dataclass(frozen=True, slots=True)
class Month:
    """A statement in figures, in minor units: `owed` is below zero, `rest` is what was paid and corrected.

    `disputes` are the open ones, `disputed` what their sides differ by.
    """

    statement: Statement
    disputes: int = 0
    disputed: int = 0

    @property
    def billed(self) -> int:
        return self._sum(BILLED)

    @property
    def owed(self) -> int:
        return self._sum(OWED)

    @property
    def rest(self) -> int:
        return self.statement.total - self.billed - self.owed

    def _sum(self, kinds: Collection[str]) -> int:
        return sum(row["amount"] for kind, row in self.statement.totals.items() if kind in kinds)


def months(*, partner: Partner, most: int) -> list[Month]:
    """The partner's statements of the latest months that have one, the oldest first; at most so many months."""
    mine = Statement.objects.filter(partner=partner)
    latest = mine.order_by("-month").values_list("month", flat=True).distinct()[:most]
    found = list(mine.filter(month__in=list(latest)).select_related("program").order_by("month", "program_id"))
    open_ones = Dispute.objects.filter(state=Dispute.State.OPEN, matched__upload__statement__in=found)
    counts = open_ones.values_list("matched__upload__statement").annotate(Count("id"), Sum("amount"))
    disputes = {statement: (count, amount) for statement, count, amount in counts}
    return [Month(statement, *disputes.get(statement.pk, ())) for statement in found]


def _uuid(text: UUID | str) -> UUID | None:
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        return None
