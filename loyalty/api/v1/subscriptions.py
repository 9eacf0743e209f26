"""Paid membership: plans, and the one subscription that a member has in a program.

It goes by the member's identifier, because there is one of them at a time. What it costs is paid at the till (yours
or ours): a payment provider is between the member and the house.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from loyalty.api import own
from loyalty.api.fields import Amount, Flag, Moment, Strict, Text, moment, shown
from loyalty.api.idempotency import moves
from loyalty.api.scopes import Scope
from loyalty.api.v1.people import MemberReference
from loyalty.api.v1.rewards import ProgramQuery
from loyalty.api.views import View, answer
from loyalty.subscriptions.models import Plan, Subscription
from loyalty.subscriptions.operations import cancel, subscribe, take_payment
from loyalty.subscriptions.queries import current, open_charges, plans_on_offer

AT_THE_TILL = "manual"


class PlanAnswer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    every = serializers.ChoiceField(choices=Plan.Every.values)
    price = Amount(help_text="Of one period, in the program's money.")
    trial_days = serializers.IntegerField()
    perks = serializers.ListField(child=serializers.CharField())


class PlansAnswer(serializers.Serializer):
    results = PlanAnswer(many=True)


class SubscriptionBody(Strict):
    program = Text(required=False, max_length=50, help_text="Its code; needed where you take part in several.")
    member = MemberReference()
    plan = Text(max_length=50)
    trial = Flag(required=False, help_text="false begins without the free days.")
    paid = Flag(required=False, help_text="true says that you took the money for the first period.")


class CancelBody(Strict):
    now = Flag(required=False, help_text="true ends it at once, not with the period that is paid for.")
    reason = Text(required=False, max_length=200, allow_blank=True)


class SubscriptionAnswer(serializers.Serializer):
    member = serializers.UUIDField()
    program = serializers.CharField()
    plan = serializers.CharField()
    state = serializers.ChoiceField(choices=Subscription.State.values)
    price = Amount()
    currency = serializers.CharField()
    has_benefits = serializers.BooleanField()
    subscribed_at = Moment()
    trial_end = serializers.DateField(allow_null=True)
    period_start = serializers.DateField()
    period_end = serializers.DateField(help_text="The first day after it.")
    ends_with_period = serializers.BooleanField()
    next_plan = serializers.CharField(allow_null=True, help_text="Where another one follows with the next period.")
    goes_on = serializers.DateField(allow_null=True, help_text="Of a pause that has its end.")
    ended_at = Moment(allow_null=True)


class Plans(View):
    scopes = {"GET": Scope.SUBSCRIPTIONS_READ}
    query = {"GET": ProgramQuery}

    @extend_schema(summary="The plans on offer", tags=["subscriptions"], responses=PlansAnswer)
    def get(self, request):
        program = own.program_named(self.partner, self.asked.get("program"))
        return answer({"results": [_plan(plan, program) for plan in plans_on_offer(program=program)]})


class Subscriptions(View):
    scopes = {"POST": Scope.SUBSCRIPTIONS_WRITE}

    @extend_schema(
        summary="Subscribe a member",
        tags=["subscriptions"],
        request=SubscriptionBody,
        responses={201: SubscriptionAnswer},
    )
    @moves
    def post(self, request):
        """At the price of today, which stays. Who never had a trial begins with the plan's; else the subscription
        begins when its first period is paid: `paid`, or at one of our tills."""
        asked = self.body(SubscriptionBody)
        program = own.program_named(self.partner, asked.get("program"))
        known = own.whom(self.partner, program, asked["member"], self.at)
        subscription = subscribe(
            program=program,
            member_id=known.member_id,
            plan=asked["plan"],
            trial=asked.get("trial", True),
            gateway=AT_THE_TILL,
            at=self.at,
        )
        if asked.get("paid"):
            for charge in open_charges(program=program, member_id=known.member_id).filter(subscription=subscription):
                take_payment(charge=charge, at=self.at)
        return answer(self._shown(known), 201, reverse("api:subscription", args=[known.public_id]))

    def _shown(self, known):
        return represent(current(program=known.program, member_id=known.member_id), known)


class OneSubscription(View):
    scopes = {"GET": Scope.SUBSCRIPTIONS_READ}

    @extend_schema(summary="A member's subscription", tags=["subscriptions"], responses=SubscriptionAnswer)
    def get(self, request, id):
        """The live one, else the one that ended last."""
        known = own.known(self.partner, id)
        return answer(represent(found(known), known))


class Cancel(View):
    scopes = {"POST": Scope.SUBSCRIPTIONS_WRITE}

    @extend_schema(
        summary="Cancel a subscription",
        tags=["subscriptions"],
        request=CancelBody,
        responses={200: SubscriptionAnswer},
    )
    @moves
    def post(self, request, id):
        """With the period that is paid for or the trial; `now`, or where nothing is paid for, at once."""
        asked = self.body(CancelBody)
        known = own.known(self.partner, id)
        reason = asked.get("reason") or own.source_of(self.partner)
        subscription = cancel(subscription=found(known), at=self.at, now=asked.get("now", False), reason=reason)
        return answer(represent(subscription, known))


def found(known) -> Subscription:
    subscription = current(program=known.program, member_id=known.member_id)
    if subscription is None:
        raise NotFound(_("This member never subscribed."), "subscription_unknown")
    return subscription


def represent(subscription: Subscription, known):
    is_paused = subscription.state == Subscription.State.PAUSED
    return {
        "member": str(known.public_id),
        "program": known.program.code,
        "plan": subscription.plan.code,
        "state": subscription.state,
        "price": shown(subscription.price, subscription.currency),
        "currency": subscription.currency,
        "has_benefits": subscription.has_benefits,
        "subscribed_at": moment(subscription.subscribed_at),
        "trial_end": subscription.trial_end and subscription.trial_end.isoformat(),
        "period_start": subscription.period_start.isoformat(),
        "period_end": subscription.period_end.isoformat(),
        "ends_with_period": subscription.ends_with_period,
        "next_plan": subscription.next_plan and subscription.next_plan.code,
        "goes_on": subscription.due_date.isoformat() if is_paused and subscription.due_date else None,
        "ended_at": moment(subscription.ended_at),
    }


def _plan(plan: Plan, program):
    [price] = [each.amount for each in plan.prices.all() if each.currency == program.money_currency]
    return {
        "code": plan.code,
        "name": plan.name,
        "every": plan.every,
        "price": shown(price, program.money_currency),
        "trial_days": plan.trial_days,
        "perks": plan.perks,
    }
