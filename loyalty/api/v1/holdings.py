"""What a member has: balances and the ledger behind them, tier, cards, vouchers, consents."""

from functools import partial

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.fields import Moment, moment, shown
from loyalty.api.idempotency import moves
from loyalty.api.scopes import Scope
from loyalty.api.v1 import standing
from loyalty.api.v1.people import CHANNELS, Consenting, ConsentsAnswer
from loyalty.api.views import PageQuery, View, answer
from loyalty.earning.operations import record_consent
from loyalty.ledger.currencies import Currency
from loyalty.ledger.models import Entry
from loyalty.tiers.queries import progress
from loyalty.tiers.rules import Metric
from members.models import Card, Member
from members.operations import issue_card, withdraw_consent
from members.queries import latest_consents


class OfMember(View):
    scopes = {"GET": Scope.MEMBERS_READ, "POST": Scope.MEMBERS_WRITE}

    def member(self, id):
        return own.known(self.partner, id)


class Balances(OfMember):
    scopes = {"GET": Scope.MEMBERS_READ}

    @extend_schema(summary="What a member has", tags=["members"], responses=standing.BalancesAnswer)
    def get(self, request, id):
        """Points, and whatever else the program gives, at this moment."""
        return answer({"balances": standing.balances(self.member(id), self.at)})


class LedgerQuery(PageQuery):
    currency = serializers.ChoiceField(required=False, choices=Currency.values)


class EntryAnswer(serializers.Serializer):
    currency = serializers.CharField()
    kind = serializers.ChoiceField(choices=Entry.Kind.values)
    points = serializers.IntegerField(help_text="Signed.")
    at = Moment(help_text="When it takes effect.")
    recorded_at = Moment()
    activity = serializers.CharField(allow_null=True, help_text="The activity that caused it, where you sent it.")


class LedgerAnswer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = EntryAnswer(many=True)


class Ledger(OfMember):
    scopes = {"GET": Scope.MEMBERS_READ}
    query = {"GET": LedgerQuery}

    @extend_schema(summary="Every movement of a member's points", tags=["members"], responses=LedgerAnswer)
    def get(self, request, id):
        """The newest first. Nothing is ever changed or removed: a mistake is corrected by another movement."""
        known = self.member(id)
        rows = Entry.objects.filter(account__program=known.program, account__member=known.member_id)
        if "currency" in self.asked:
            rows = rows.filter(account__currency=self.asked["currency"])
        return self.page(rows.select_related("account", "key"), lambda page: [self._entry(known, row) for row in page])

    def _entry(self, known, row):
        mine = row.key.source == f"activity:{own.source_of(self.partner)}"
        return {
            "currency": row.account.currency,
            "kind": row.kind,
            "points": row.points,
            "at": moment(row.effective_at),
            "recorded_at": moment(row.recorded_at),
            "activity": own.activity_id(known.program, row.key.external_id) if mine else None,
        }


SPENT = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,3})?$", "examples": ["12.50"]}


@extend_schema_field({"oneOf": [{"type": "integer"}, SPENT]})
class Measure(serializers.Field):
    """Of points, visits and activities a number, of spend an amount."""


class TierAnswer(serializers.Serializer):
    tier = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    metric = serializers.CharField(
        allow_null=True, help_text="What tiers are measured on: points, spend, visits, count."
    )
    measured = Measure(help_text="So far; an amount where the metric is spend, else a whole number.")
    kept_until = Moment(allow_null=True, help_text="Until when the tier is safe; null for ever.")
    next_tier = serializers.CharField(allow_null=True)
    missing = Measure(allow_null=True, help_text="To the next tier, in the same.")


NO_TIERS = dict.fromkeys(["tier", "name", "metric", "kept_until", "next_tier", "missing"]) | {"measured": 0}


class OneTier(OfMember):
    scopes = {"GET": Scope.MEMBERS_READ}

    @extend_schema(summary="A member's tier", tags=["members"], responses=TierAnswer)
    def get(self, request, id):
        """And what is missing to the next one."""
        known = self.member(id)
        found = progress(program=known.program, member_id=known.member_id, at=self.at)
        return answer(_tier(found, known.program.money_currency) if found else NO_TIERS)


def _tier(found, money):
    metric = found.definition.row.metric
    measure = partial(shown, currency=money) if metric == Metric.SPEND else int
    return {
        "tier": found.tier.code if found.tier else None,
        "name": found.tier.name if found.tier else None,
        "metric": metric,
        "measured": measure(found.measure),
        "kept_until": moment(found.kept_until),
        "next_tier": found.next_tier.code if found.next_tier else None,
        "missing": measure(found.next.missing) if found.next else None,
    }


class CardAnswer(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=["active", "blocked"])
    activated_at = Moment(allow_null=True)


class CardsAnswer(serializers.Serializer):
    cards = CardAnswer(many=True)


class Cards(OfMember):
    @extend_schema(summary="A member's cards", tags=["members"], responses=CardsAnswer)
    def get(self, request, id):
        known = self.member(id)
        rows = Card.objects.filter(program=known.program, member=known.member_id).order_by("-activated_at", "-pk")
        return answer({"cards": [_card(row) for row in rows]})

    @extend_schema(summary="Give a member a card", tags=["members"], request=None, responses={201: CardAnswer})
    @moves
    def post(self, request, id):
        """One without plastic, active at once: show its number as a QR code."""
        known = self.member(id)
        member = Member.objects.get(pk=known.member_id)
        return answer(_card(issue_card(program=known.program, member=member, at=self.at, by=None)), status=201)


def _card(card):
    return {"number": card.number, "state": card.state, "activated_at": moment(card.activated_at)}


class VouchersAnswer(serializers.Serializer):
    vouchers = standing.VoucherAnswer(many=True)


class Vouchers(OfMember):
    scopes = {"GET": Scope.MEMBERS_READ}

    @extend_schema(summary="The vouchers that a member can use", tags=["members"], responses=VouchersAnswer)
    def get(self, request, id):
        """Those that can be used now, soonest to expire first, at most 100."""
        return answer({"vouchers": standing.vouchers(self.member(id), self.at)})


class Consents(OfMember):
    @extend_schema(summary="What a member has agreed to", tags=["members"], responses=ConsentsAnswer)
    def get(self, request, id):
        """By channel. Who was never asked has not agreed."""
        return answer(self._shown(self.member(id)))

    @extend_schema(summary="Record a consent", tags=["members"], request=Consenting, responses={201: ConsentsAnswer})
    @moves
    def post(self, request, id):
        """Yes or no, about one channel. Each answer is kept; the latest holds."""
        known, asked = self.member(id), self.body(Consenting)
        verb = record_consent if asked.pop("given") else withdraw_consent
        member = Member.objects.get(pk=known.member_id)
        verb(member=member, source=own.names_of(self.partner), at=self.at, by=None, **asked)
        return answer(self._shown(known), status=201)

    def _shown(self, known):
        given = latest_consents([known.member_id])
        return {channel: given.get((known.member_id, channel), False) for channel in CHANNELS}
