"""What becomes of a subscription while it lasts: paused, gone on with, another plan."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.fields import Strict, Text
from loyalty.api.idempotency import moves
from loyalty.api.problems import Refusal
from loyalty.api.scopes import Scope
from loyalty.api.v1.subscriptions import SubscriptionAnswer, found, represent
from loyalty.api.views import View, answer
from loyalty.subscriptions.operations import change_plan, pause, resume
from loyalty.subscriptions.queries import plans_on_offer


class PauseBody(Strict):
    until = serializers.DateField(
        required=False, help_text="The day on which it goes on by itself; without it, when you resume it."
    )


class PlanBody(Strict):
    plan = Text(max_length=50)


class Pause(View):
    scopes = {"POST": Scope.SUBSCRIPTIONS_WRITE}

    @extend_schema(
        summary="Pause a subscription", tags=["subscriptions"], request=PauseBody, responses=SubscriptionAnswer
    )
    @moves
    def post(self, request, id):
        """No benefits and no charges meanwhile; the paid days that are left are kept."""
        asked = self.body(PauseBody)
        known = own.known(self.partner, id)
        return answer(represent(pause(subscription=found(known), at=self.at, until=asked.get("until")), known))


class Resume(View):
    scopes = {"POST": Scope.SUBSCRIPTIONS_WRITE}

    @extend_schema(summary="Go on after a pause", tags=["subscriptions"], request=None, responses=SubscriptionAnswer)
    @moves
    def post(self, request, id):
        """The next period begins when the days that were left are used up."""
        known = own.known(self.partner, id)
        return answer(represent(resume(subscription=found(known), at=self.at), known))


class ChangePlan(View):
    scopes = {"POST": Scope.SUBSCRIPTIONS_WRITE}

    @extend_schema(
        summary="Choose another plan", tags=["subscriptions"], request=PlanBody, responses=SubscriptionAnswer
    )
    @moves
    def post(self, request, id):
        """From the next period on, at today's price of that plan."""
        code = self.body(PlanBody)["plan"]
        known = own.known(self.partner, id)
        plan = next((plan for plan in plans_on_offer(program=known.program) if plan.code == code), None)
        if plan is None:
            raise Refusal(_("There is no plan “%(code)s”.") % {"code": code}, "plan_unknown", "plan")
        return answer(represent(change_plan(subscription=found(known), plan=plan, at=self.at), known))
