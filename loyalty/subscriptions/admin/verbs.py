"""What staff can do with a subscription: each verb on a page that says what it costs, and only where it makes sense."""

from functools import partial

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from loyalty.lib.admin import has_row
from loyalty.lib.money import money_text
from loyalty.lib.periods import local_date
from loyalty.subscriptions import operations, queries, sentences
from loyalty.subscriptions.forms import CancelForm, ChoiceForm, PauseForm
from loyalty.subscriptions.models import Charge, Plan, Subscription
from loyalty.subscriptions.operations import Share

REFUSALS = (operations.SubscriptionRefused, operations.GatewayUnavailable)
State = Subscription.State
CANCEL = pgettext_lazy("subscription", "Cancel")


class SubscriptionVerbs:
    actions_detail = ["cancel", "keep", "pause", "resume", "change_plan", "retry"]

    def _may(self, request, object_id, **state):
        """With the right to, and of a subscription of which it can be asked."""
        possible = Subscription.objects.live().filter(**state)
        may = request.user.has_perm("subscriptions.change_subscription")
        return may and (object_id is None or has_row(possible, object_id))

    def has_cancel_permission(self, request, object_id=None):
        return self._may(request, object_id)

    def has_keep_permission(self, request, object_id=None):
        return self._may(request, object_id, ends_with_period=True)

    def has_pause_permission(self, request, object_id=None):
        return self._may(request, object_id, state=State.ACTIVE, ends_with_period=False)

    def has_resume_permission(self, request, object_id=None):
        return self._may(request, object_id, state=State.PAUSED)

    def has_change_plan_permission(self, request, object_id=None):
        running = [State.TRIALING, State.ACTIVE]
        return self._may(request, object_id, state__in=running, ends_with_period=False)

    def has_retry_permission(self, request, object_id=None):
        return self._may(request, object_id, state=State.PAST_DUE)

    def has_refund_permission(self, request):
        return request.user.has_perm("subscriptions.change_charge")

    @action(description=CANCEL, url_path="cancel", permissions=["cancel"], icon="cancel")
    def cancel(self, request, object_id):
        row, at = self.get_object(request, object_id), timezone.now()

        def perform(subscription, data):
            way = data["way"]
            operations.cancel(
                subscription=subscription, now=way != "later", reason=data["reason"], at=at, by=request.user
            )
            if way in tuple(Share):
                refund = operations.refund_charge(
                    charge=_current(subscription), share=way, reason=data["reason"], at=at, by=request.user
                )
                return gettext("Cancelled; %(amount)s go back.") % {
                    "amount": money_text(refund.amount, subscription.currency)
                }
            return gettext("Cancelled.") if way == "now" else gettext("It ends with the period.")

        ways = _ways_to_cancel(row, at, may_refund=self.has_refund_permission(request)) if row else []
        return self._act(request, object_id, CANCEL, partial(CancelForm, ways=ways), perform)

    @action(description=_("Take the cancellation back"), url_path="keep", permissions=["keep"], icon="undo")
    def keep(self, request, object_id):
        def perform(subscription, data):
            operations.keep(subscription=subscription, at=timezone.now(), by=request.user)
            return gettext("The subscription goes on.")

        row = self.get_object(request, object_id)
        price = row and money_text(row.price, row.currency)
        explanation = row and gettext("%(amount)s will be collected on %(day)s.") % {
            "amount": price,
            "day": date_format(row.period_end),
        }
        return self._act(request, object_id, _("Take the cancellation back"), forms.Form, perform, explanation)

    @action(description=_("Pause"), url_path="pause", permissions=["pause"], icon="pause_circle")
    def pause(self, request, object_id):
        def perform(subscription, data):
            operations.pause(subscription=subscription, until=data["until"], at=timezone.now(), by=request.user)
            return gettext("Paused.")

        row = self.get_object(request, object_id)
        left = (row.period_end - local_date(timezone.now(), row.program.tzinfo)).days if row else 0
        explanation = sentences.days_left(max(left, 0)) + " " + gettext("There are no benefits meanwhile.")
        return self._act(request, object_id, _("Pause"), PauseForm, perform, explanation)

    @action(description=_("Resume"), url_path="resume", permissions=["resume"], icon="play_circle")
    def resume(self, request, object_id):
        def perform(subscription, data):
            resumed = operations.resume(subscription=subscription, at=timezone.now(), by=request.user)
            return gettext("It goes on, paid until %(day)s.") % {"day": date_format(resumed.period_end)}

        row = self.get_object(request, object_id)
        explanation = gettext("The paid days that are left run from today; nothing is charged now.") if row else ""
        return self._act(request, object_id, _("Resume"), forms.Form, perform, explanation)

    @action(description=_("Change the plan"), url_path="plan", permissions=["change_plan"], icon="swap_horiz")
    def change_plan(self, request, object_id):
        row, at = self.get_object(request, object_id), timezone.now()

        def perform(subscription, data):
            when, _dash, plan_id = data["way"].partition("-")
            plan = Plan.objects.get(pk=plan_id)
            changed = operations.change_plan(
                subscription=subscription, plan=plan, now=when == "now", at=at, by=request.user
            )
            if when == "later":
                return gettext("The plan changes with the next period.")
            if changed.plan_id != plan.pk:
                return gettext("The plan changes as soon as the difference is paid.")
            return gettext("The plan is changed.")

        ways = list(_ways_to_change(row, at)) if row else []
        explanation = "" if ways else gettext("There is no other plan with a price in this currency.")
        form_class = partial(ChoiceForm, ways=ways)
        return self._act(request, object_id, _("Change the plan"), form_class, perform, explanation)

    @action(description=_("Collect now"), url_path="retry", permissions=["retry"], icon="refresh")
    def retry(self, request, object_id):
        def perform(subscription, data):
            tried = operations.retry(subscription=subscription, at=timezone.now(), by=request.user)
            if tried.state == State.ACTIVE:
                return gettext("Paid.")
            return gettext("Not paid yet: see the charge for the reason.")

        row = self.get_object(request, object_id)
        explanation = row and gettext("%(amount)s are asked for once more.") % {
            "amount": money_text(row.price, row.currency)
        }
        return self._act(request, object_id, _("Collect now"), forms.Form, perform, explanation)

    def _act(self, request, object_id, title, form_class, perform, explanation=""):
        return self.act(
            request,
            object_id,
            title=title,
            form_class=form_class,
            perform=perform,
            refusals=REFUSALS,
            explanation=explanation or "",
        )


def _current(subscription):
    paid = Charge.objects.paid().filter(subscription=subscription, period_start=subscription.period_start)
    return paid.select_related("subscription", "program", "plan").order_by("-pk").first()


def _ways_to_cancel(subscription, at, *, may_refund):
    ways = [("now", gettext("now, and nothing goes back"))]
    if subscription.state in (State.TRIALING, State.ACTIVE) and not subscription.ends_with_period:
        later = gettext("with the period, on %(day)s") % {"day": date_format(subscription.period_end)}
        ways.insert(0, ("later", later))
    charge = _current(subscription) if may_refund else None
    if charge is None:
        return ways
    texts = {
        Share.PRO_RATA: gettext("now, and %(amount)s go back for the days that are left"),
        Share.FULL: gettext("now, and all %(amount)s go back"),
    }
    for share, text in texts.items():
        try:
            amount = operations.to_give_back(charge, share, at)
        except operations.SubscriptionRefused:
            continue
        ways.append((share.value, text % {"amount": money_text(amount, charge.currency)}))
    return ways


def _ways_to_change(subscription, at):
    others = queries.plans_on_offer(program=subscription.program, currency=subscription.currency)
    for plan in others.exclude(pk=subscription.plan_id):
        amount = operations.price_of(plan, subscription.currency)
        yield f"later-{plan.pk}", sentences.change_later(plan, amount=amount, subscription=subscription)
        try:
            amount, credit = operations.price_of_change(subscription, plan, at)
        except operations.SubscriptionRefused:
            continue  # worth more than that plan: only with the next period
        said = sentences.change_now(plan, amount=amount, credit=credit, subscription=subscription)
        yield f"now-{plan.pk}", said
