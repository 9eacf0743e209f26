"""Subscriptions, to be read; what can be done with them is a verb each, and says beforehand what it costs."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import (
    ExportMixin,
    HistoryAdmin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyInline,
    ViewOnlyMixin,
)
from loyalty.lib.money import money_text
from loyalty.subscriptions import sentences
from loyalty.subscriptions.admin.verbs import REFUSALS, SubscriptionVerbs
from loyalty.subscriptions.admin.words import CHARGE_COLOURS, STATE_COLOURS, without_empty
from loyalty.subscriptions.forms import SubscribeForm
from loyalty.subscriptions.models import BenefitPeriod, Charge, Subscription
from loyalty.subscriptions.subscribing_by_hand import Wish
from members.queries import LookupRefused


class ChargeInline(ViewOnlyInline):
    model = Charge
    fk_name = "subscription"
    fields = ["shown_period", "shown_amount", "shown_state", "paid_at", "receipt_number"]
    readonly_fields = fields
    ordering = ["-period_start", "-pk"]

    @display(description=_("period"))
    def shown_period(self, charge):
        return sentences.period(charge.period_start, charge.period_end)

    @display(description=_("amount"))
    def shown_amount(self, charge):
        return money_text(charge.amount, charge.currency)

    @display(description=_("state"), label=CHARGE_COLOURS)
    def shown_state(self, charge):
        return charge.state, charge.get_state_display()


class BenefitInline(ViewOnlyInline):
    model = BenefitPeriod
    fields = ["plan", "starts_at", "ends_at"]
    ordering = ["-starts_at"]
    show_change_link = False


@admin.register(Subscription)
class SubscriptionAdmin(
    SubscriptionVerbs, StoreScopedMixin, VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyMixin, HistoryAdmin
):
    store_lookup = "member__enrolments__store"
    list_display = ["member", "plan", "shown_state", "shown_price", "period_end", "due_date"]
    list_filter = ["program", "state", "plan"]
    list_select_related = ["member", "plan", "program"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    inlines = [ChargeInline, BenefitInline]
    actions_list = ["subscribe"]
    readonly_fields = ["state_text", "shown_price", "shown_period", "shown_next", "shown_gateway"]
    fieldsets = [
        (None, {"fields": ["member", "program", "plan", "state_text", "shown_next"]}),
        (_("Period"), {"fields": ["shown_period", "shown_price", "subscribed_at", "began_at", "trial_end"]}),
        (_("Payment"), {"fields": ["shown_gateway", "customer", "payment_method", "failed_date"]}),
        (_("Pause"), {"fields": ["paused_at", "paused_days"]}),
        (_("End"), {"fields": ["cancelled_at", "cancelled_reason", "ended_at", "ending"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "plan__code", "state", "price", "currency"]
    export_fields += ["subscribed_at", "period_start", "period_end", "ended_at", "ending"]

    def get_fieldsets(self, request, obj=None):
        return without_empty(super().get_fieldsets(request, obj), obj)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, subscription):
        return subscription.state, subscription.get_state_display()

    @display(description=_("state"))
    def state_text(self, subscription):
        return subscription.get_state_display()

    @display(description=_("price"), ordering="price")
    def shown_price(self, subscription):
        return sentences.price(subscription.plan, subscription.currency, subscription.price)

    @display(description=_("period"))
    def shown_period(self, subscription):
        return sentences.period(subscription.period_start, subscription.period_end)

    @display(description=_("what comes next"))
    def shown_next(self, subscription):
        return sentences.next_event(subscription) or "–"

    @display(description=_("paid through"))
    def shown_gateway(self, subscription):
        return sentences.gateway(subscription.gateway)

    def has_subscribe_permission(self, request):
        return request.user.has_perm("subscriptions.add_subscription")

    @action(description=_("Subscribe a member"), url_path="subscribe", permissions=["subscribe"], icon="person_add")
    def subscribe(self, request):
        form = SubscribeForm(request.POST if request.method == "POST" else None)
        explanation = ""
        if form.is_valid():
            try:
                wish = Wish.of(form.cleaned_data, at=timezone.now())
                explanation = wish.costs()
                if form.cleaned_data["seen"] == explanation:
                    subscription = wish.fulfil(by=request.user)
                    messages.success(request, _told(subscription))
                    return redirect("admin:subscriptions_subscription_change", subscription.pk)
                form = SubscribeForm(request.POST.dict() | {"seen": explanation})
                form.is_valid()
            except LookupRefused as refusal:
                form.add_error("member", str(refusal))
            except REFUSALS as refusal:
                form.add_error(None, sentences.refused(refusal))
        context = self.admin_site.each_context(request)
        title = _("Confirm the subscription") if explanation else _("Subscribe a member")
        context |= {"title": title, "opts": self.opts, "form": form, "explanation": explanation}
        return TemplateResponse(request, "admin/act.html", context)


def _told(subscription):
    if subscription.state == Subscription.State.PAST_DUE:
        return gettext("Subscribed; the benefits begin when the first payment has come.")
    return gettext("Subscribed until %(day)s.") % {"day": date_format(subscription.period_end)}
