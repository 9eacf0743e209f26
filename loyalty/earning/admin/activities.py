"""What members did and what was decided on it, to be read: why an activity earned what it earned."""

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.earning.admin.importing import ImportMixin
from loyalty.earning.admin.recording import RecordMixin
from loyalty.earning.models import Activity, ActivityLine, Decision, EarningRule, Kind
from loyalty.earning.sentences import explain, kind_text, title
from loyalty.ledger.currencies import POINTS, shown, signed
from loyalty.lib.admin import (
    ExportMixin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyAdmin,
    ViewOnlyInline,
)
from loyalty.lib.money import money_text


def why(decision):
    """Each rule with what it made of the activity, as a table."""
    program = decision.activity.program
    names = {
        (rule.code, rule.version): rule.name
        for rule in EarningRule.objects.filter(
            program=program, code__in={outcome.get("rule", "") for outcome in decision.outcomes}
        )
    }
    rows = [
        {
            "rule": title(outcome, names),
            "version": outcome.get("version"),
            "sentence": explain(outcome, currency=program.money_currency),
            "granted": _granted(outcome, program.money_currency),
        }
        for outcome in decision.outcomes
    ]
    return render_to_string("admin/earning/why.html", {"rows": rows})


def _granted(outcome, money):
    """Rewards are named in the sentence."""
    return "" if outcome.get("reward") else shown(outcome.get("granted", 0), outcome.get("currency", POINTS), money)


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"
    path = "kind"

    def lookups(self, request, model_admin):
        return [(kind.value, capfirst(kind.label)) for kind in Kind]

    def queryset(self, request, queryset):
        return queryset.filter(**{self.path: self.value()}) if self.value() else queryset


class DecisionKindFilter(KindFilter):
    path = "activity__kind"


class LineInline(ViewOnlyInline):
    model = ActivityLine
    fields = ["sku", "category", "quantity", "shown_price"]
    readonly_fields = ["shown_price"]
    show_change_link = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("activity")

    @display(description=_("unit price"))
    def shown_price(self, line):
        return money_text(line.unit_price, line.activity.currency)


@admin.register(Activity)
class ActivityAdmin(
    RecordMixin, ImportMixin, VerbMixin, StoreScopedMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin
):
    actions_list = ["record", "import_file"]
    list_display = ["occurred_at", "member", "shown_kind", "shown_amount", "store", "shown_granted", "external_id"]
    list_filter = ["program", KindFilter, "is_history"]
    list_select_related = ["member", "store", "decision"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    inlines = [LineInline]
    readonly_fields = ["shown_kind", "shown_amount", "shown_tenders", "shown_granted", "shown_why", "refunded_by"]
    fieldsets = [
        (None, {"fields": ["member", "program", "shown_kind", "shown_amount", "shown_tenders", "occurred_at"]}),
        (_("Why it earned what it earned"), {"fields": ["shown_granted", "shown_why"]}),
        (
            _("Where it came from"),
            {"fields": ["store", "channel", "brand", "source", "external_id", "recorded_at", "by"]},
        ),
        (_("Refunds"), {"fields": ["refunds", "refunded_by"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "kind", "occurred_at", "amount", "currency"]
    export_fields += ["store__code", "channel", "brand", "source", "external_id", "decision__granted"]

    @display(description=_("kind"))
    def shown_kind(self, activity):
        return capfirst(kind_text(activity.kind))

    @display(description=_("amount"))
    def shown_amount(self, activity):
        return amount_of(activity)

    @display(description=_("paid with"))
    def shown_tenders(self, activity):
        paid = (f"{part['tender']} {money_text(part['amount'], activity.currency)}" for part in activity.paid_with)
        return ", ".join(paid) or "–"

    @display(description=_("granted"))
    def shown_granted(self, activity):
        try:
            return granted(activity.decision, activity.currency)
        except ObjectDoesNotExist:
            return "–"

    @display(description=_("why?"))
    def shown_why(self, activity):
        try:
            return why(activity.decision)
        except ObjectDoesNotExist:
            return "–"

    @display(description=_("refunded by"))
    def refunded_by(self, activity):
        return ", ".join(str(refund) for refund in activity.refunded_by.order_by("occurred_at")) or "–"


@admin.register(Decision)
class DecisionAdmin(StoreScopedMixin, MemberSearchMixin, ViewOnlyAdmin):
    store_lookup = "activity__store"
    list_display = ["created_at", "member", "shown_activity", "shown_granted"]
    list_filter = [("activity__program", admin.RelatedFieldListFilter), DecisionKindFilter]
    list_select_related = ["member", "activity"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    fields = ["member", "activity_link", "shown_granted", "created_at", "shown_why"]
    readonly_fields = ["activity_link", "shown_granted", "shown_why"]

    @display(description=_("activity"))
    def shown_activity(self, decision):
        return f"{capfirst(kind_text(decision.activity.kind))} {amount_of(decision.activity)}"

    @display(description=_("activity"))
    def activity_link(self, decision):
        link = reverse("admin:earning_activity_change", args=[decision.activity_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', link, self.shown_activity(decision))

    @display(description=_("granted"))
    def shown_granted(self, decision):
        return granted(decision, decision.activity.currency)

    @display(description=_("why?"))
    def shown_why(self, decision):
        return why(decision)


def amount_of(activity):
    """A purchase may be of nothing; what is no sale has no amount to show."""
    is_sale = activity.amount or activity.kind in (Kind.PURCHASE, Kind.REFUND)
    return money_text(activity.amount, activity.currency) if is_sale else "–"


def granted(decision, money):
    """Points, and what there is of other currencies: “+12 · +€0.60”."""
    others = [signed(amount, currency, money) for currency, amount in sorted(decision.also.items())]
    points = [signed(decision.granted, POINTS, money)] if decision.granted or not others else []
    return " · ".join([*points, *others])
