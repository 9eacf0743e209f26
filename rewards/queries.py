"""What other rooms may ask about rewards. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from loyalty.ledger.currencies import Currency
from loyalty.lib import codes
from loyalty.lib.periods import local_date, start_of_day
from loyalty.programs.models import Program, Store
from members.models import Enrolment
from rewards import purse, rules
from rewards.models import (
    BurnRule,
    Entitlement,
    GiftCard,
    Issuance,
    IssuanceRule,
    Reward,
    RewardUsage,
    Voucher,
    VoucherBatch,
)
from rewards.models import Offer as MemberOffer
from rewards.terms import burn_terms, exclusions, is_closed, offer_terms, reward_terms


def usable_vouchers(*, program: Program, member_id: int, at: datetime, store: Store | None = None) -> QuerySet[Voucher]:
    """The member's vouchers that can be used at that moment in that store, soonest to expire first."""
    mine = Voucher.objects.filter(program=program, member_id=member_id)
    return mine.usable(at=at).honoured_in(store).select_related("reward").order_by("expires_at", "id")


def codes_of_vouchers(*, program: Program, texts: Sequence[str]) -> list[str]:
    """Those of the texts that are codes of the program's vouchers, whatever their state, as they are stored."""
    typed = {codes.normalise(text) for text in texts}
    wanted = {code for code in typed if codes.is_valid(code)}
    if not wanted:
        return []
    return list(Voucher.objects.filter(program=program, code__in=wanted).order_by("pk").values_list("code", flat=True))


def membership(*, program: Program, member_id: int) -> rules.Membership | None:
    """What the member is in the program now; None who is not in it."""
    rows = Enrolment.objects.filter(program=program, member_id=member_id, status=Enrolment.Status.ACTIVE)
    found = rows.values_list("tier", "plan", "member__tags", "segments").first()
    return found and rules.Membership(found[0], found[1], frozenset(found[2]), frozenset(found[3]))


def offers_for(*, program: Program, member_id: int, at: datetime) -> list[MemberOffer]:
    """The member offers that the member is shown at that moment; those that end soonest first."""
    member = membership(program=program, member_id=member_id)
    rows = MemberOffer.objects.filter(program=program, is_active=True).select_related("reward")
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at)).order_by(F("valid_to").asc(nulls_last=True), "pk")
    return [offer for offer in rows if rules.sees_offer(offer_terms(offer), at=at, member=member)]


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one member sees it. `missing_points` is 0 where the balance reaches; `refusal` is the rest."""

    reward: Reward
    missing_points: int
    refusal: rules.Refusal | None

    @property
    def is_within_reach(self) -> bool:
        return self.refusal is None and not self.missing_points


def catalogue(*, program: Program, member_id: int, at: datetime, store: Store | None = None) -> list[Offer]:
    """Every active reward with a price in points, cheapest first."""
    rewards = Reward.objects.filter(program=program, is_active=True, points_price__isnull=False)
    terms = [
        (reward, reward_terms(reward)) for reward in rewards.prefetch_related("stores").order_by("points_price", "code")
    ]
    taken = dict(
        RewardUsage.objects.filter(reward__program=program, member_id=member_id).values_list("reward_id", "taken")
    )
    available = purse.spendable(program=program, member_id=member_id, at=at)
    asks = any(each.audience for _reward, each in terms)
    member = membership(program=program, member_id=member_id) if asks else None
    closed = is_closed(program, at)
    return [
        Offer(
            reward,
            max(0, (reward.points_price or 0) - available),
            rules.reward_refusal(
                each,
                at=at,
                store=store.code if store else "",
                taken=taken.get(reward.pk, 0),
                quantity=1,
                closed=closed,
                member=member,
            ),
        )
        for reward, each in terms
    ]


def quote_points(
    *,
    program: Program,
    member_id: int,
    amount: int,
    lines: Sequence[rules.Line] = (),
    store: Store | None = None,
    at: datetime,
    wanted: int | None = None,
    currency: str = Currency.POINTS,
) -> rules.Quote:
    """What the member's points can pay of a basket of `amount` (minor units) now, by the rule that pays most."""
    basket = rules.Basket(amount, lines, store.code if store else "")
    available = purse.spendable(program=program, member_id=member_id, at=at, currency=currency)
    mine = BurnRule.objects.filter(program=program, currency=currency)
    excluded, closed = exclusions(program), is_closed(program, at)
    return rules.best_quote(
        rules.quote(
            burn_terms(rule),
            basket=basket,
            available=available,
            at=at,
            exclusions=excluded,
            closed=closed,
            wanted=wanted,
        )
        for rule in mine.prefetch_related("stores").order_by("id")
    )


def vouchers_of(*, program: Program, member_id: int, at: datetime) -> list[dict[str, Any]]:
    """The member's vouchers as they stood, oldest first; what a sale holds counts as unused.

    One that was exchanged is not shown: what it was exchanged for is.
    """
    rows = Voucher.objects.filter(program=program, member_id=member_id, issued_at__lte=at).order_by("id")
    rows = rows.exclude(state=Voucher.State.EXCHANGED)
    columns = rows.values_list("reward__code", "value", "state", "issued_at", "expires_at")
    return [
        {"reward": reward, "value": value, "state": rules.shown_state(state, expires_at, at), "issued_at": issued_at}
        for reward, value, state, issued_at, expires_at in columns
    ]


@dataclass(frozen=True, slots=True)
class Liability:
    """What vouchers in people's hands still promise. `value` is in minor units of the program's money."""

    vouchers: int
    value: int


def voucher_liability(*, program: Program, at: datetime) -> Liability:
    """Unexpired vouchers with uses left; one without an amount (a free product) is counted and adds no value.

    The codes of a batch are an offer to whoever finds one: nobody has earned them, so they are not counted.
    """
    outstanding = Voucher.objects.filter(program=program, batch__isnull=True, issued_at__lte=at).outstanding(at=at)
    return Liability(outstanding.count(), outstanding.total_value())


def batch_figures(*, batch: VoucherBatch, at: datetime) -> dict[str, int]:
    """How many codes of a batch are in each state, as people mean it: what is past its end has expired."""
    ended = Q(expires_at__lte=at, state__in=["unused", "reserved"])
    shown = Case(When(ended, then=Value("expired")), default="state", output_field=CharField())
    counted = Voucher.objects.filter(batch=batch).annotate(shown=shown).order_by("shown").values("shown")
    return dict(counted.annotate(codes=Count("id")).values_list("shown", "codes"))


def gift_cards_of(*, program: Program, member_id: int, at: datetime) -> QuerySet[GiftCard]:
    """The cards registered to the member that can pay at that moment, soonest to expire first."""
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    mine = GiftCard.objects.filter(unexpired, program=program, member_id=member_id, state=GiftCard.State.ACTIVE)
    return mine.order_by(F("expires_at").asc(nulls_last=True), "id")


def gift_card_liability(*, program: Program, at: datetime) -> Liability:
    """What gift cards still owe, blocked ones included: their number, and their money in minor units."""
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    cards = GiftCard.objects.filter(unexpired, program=program, balance__gt=0)
    found = cards.aggregate(cards=Count("id"), value=Sum("balance"))
    return Liability(found["cards"], found["value"] or 0)


def gift_card_drift(*, program: Program) -> list[int]:
    """The cards whose balance is not the sum of their movements; there are none."""
    moved = Coalesce(Sum("movements__amount"), 0, output_field=BigIntegerField())
    cards = GiftCard.objects.filter(program=program).annotate(moved=moved).exclude(balance=F("moved"))
    return list(cards.order_by("id").values_list("id", flat=True))


def owes_expired_gift_cards(*, program: Program, day: date) -> bool:
    """Whether a card has expired with money on it by 00:00 of that day."""
    at = start_of_day(day, program.tzinfo)
    return GiftCard.objects.filter(program=program, balance__gt=0, expires_at__lte=at).exists()


@dataclass(frozen=True, slots=True)
class MonthTotal:
    month: date
    members: int
    points: int
    value: int


def issuance_totals(
    *,
    program: Program,
    first_month: date | None = None,
    end_month: date | None = None,
    currency: str = Currency.POINTS,
) -> list[MonthTotal]:
    """What the monthly issuance gave, month by month, in `[first_month, end_month)`."""
    within = Q(program=program, currency=currency)
    if first_month:
        within &= Q(month__gte=first_month)
    if end_month:
        within &= Q(month__lt=end_month)
    months = Issuance.objects.filter(within).values("month").order_by("month")
    totals = months.annotate(members=Count("id"), total_points=Sum("points"), total_value=Sum("value"))
    return [MonthTotal(row["month"], row["members"], row["total_points"], row["total_value"]) for row in totals]


def issues_monthly(*, program: Program) -> bool:
    """Whether the program has a monthly issuance at all."""
    return IssuanceRule.objects.filter(program=program, is_active=True).exists()


def members_owed(*, program: Program, at: datetime) -> tuple[int | None, int | None]:
    """The first and the last member id that `issue_entitlements` of that moment has to look at; None where nobody."""
    mine = Entitlement.objects.filter(program=program)
    due = mine.due(day=local_date(at, program.tzinfo))
    ends = [rows.aggregate(first=Min("member_id"), last=Max("member_id")) for rows in (due, mine.out_of_step(at=at))]
    ids = [end for pair in ends for end in pair.values() if end is not None]
    return (min(ids), max(ids)) if ids else (None, None)


def owes_entitlements(*, program: Program, day: date) -> bool:
    """Whether the night that begins with that day has any promised reward to issue, or a birthday to follow."""
    mine = Entitlement.objects.filter(program=program)
    return mine.due(day=day).exists() or mine.out_of_step(at=start_of_day(day, program.tzinfo)).exists()
