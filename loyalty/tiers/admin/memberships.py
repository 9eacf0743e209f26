"""Members' times in tiers and what counted for them, to be read: which tier, since when, why."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import ExportMixin, MemberSearchMixin, StoreScopedMixin, ViewOnlyAdmin, grouped
from loyalty.lib.money import money_text
from loyalty.tiers import sentences
from loyalty.tiers.models import Qualification, TierMembership
from loyalty.tiers.rules import Reason

SEARCH = _("Name, number, card, e-mail or phone of the member.")
REASON_COLOURS = dict.fromkeys(Reason, "")  # one that is missing would be shown by its code
REASON_COLOURS |= {"reached": "success", "dropped": "warning", "refund": "danger", "by_hand": "info"}


class PresentFilter(admin.SimpleListFilter):
    """What members have now, unless the past is asked for."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("all", _("The past as well"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [first | {"display": _("Now")}, *others]

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.filter(ends_at=None)


@admin.register(TierMembership)
class TierMembershipAdmin(StoreScopedMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["member", "shown_tier", "shown_reason", "starts_at", "ends_at", "period_ends_at", "program"]
    list_filter = ["program", PresentFilter, "reason"]
    list_select_related = ["member", "tier", "program__tier_program"]
    search_help_text = SEARCH
    sortable_by = []
    readonly_fields = ["shown_tier", "shown_measure", "shown_gifts"]
    fieldsets = [
        (None, {"fields": ["member", "program", "shown_tier", "starts_at", "ends_at"]}),
        (_("Why"), {"fields": ["reason", "shown_measure", "activity_id", "note", "by", "shown_gifts", "recorded_at"]}),
        (_("Its period"), {"fields": ["measured_from", "period_ends_at", "instead_of"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "tier__code", "reason", "starts_at", "ends_at"]
    export_fields += ["measured_from", "period_ends_at", "measure", "activity_id", "note", "by__username"]

    @display(description=_("tier"))
    def shown_tier(self, membership):
        return membership.tier or _("no tier")

    @display(description=_("reason"), label=REASON_COLOURS)
    def shown_reason(self, membership):
        return membership.reason, membership.get_reason_display()

    @display(description=_("what was measured"))
    def shown_measure(self, membership):
        if membership.measure is None:
            return "–"
        program = membership.program
        return sentences.measure_text(membership.measure, program.tier_program.metric, program.money_currency)

    @display(description=_("rewards"))
    def shown_gifts(self, membership):
        return " ".join(sentences.gifts(membership.gifts)) or "–"


@admin.register(Qualification)
class QualificationAdmin(StoreScopedMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["member", "occurred_at", "shown_kind", "shown_points", "shown_spend", "times", "program"]
    list_filter = ["program"]
    list_select_related = ["member", "program"]
    search_help_text = SEARCH
    sortable_by = []
    fields = ["member", "program", "occurred_at", "shown_kind", "shown_points", "shown_spend", "times"]
    fields += ["activity_id", "refund_of"]
    readonly_fields = ["shown_kind", "shown_points", "shown_spend"]
    export_fields = ["id", "program__code", "member__number", "occurred_at", "kind", "points", "spend", "times"]

    @display(description=_("kind"))
    def shown_kind(self, row):
        return sentences.kind_text(row.kind)

    @display(description=_("points"))
    def shown_points(self, row):
        return grouped(row.points)

    @display(description=_("spend"))
    def shown_spend(self, row):
        return money_text(row.spend, row.program.money_currency)
