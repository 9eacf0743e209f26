from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from analytics.models import MemberValue, RetentionSnapshot, ValueSnapshot
from loyalty.lib.admin import ExportMixin, ViewOnlyAdmin
from loyalty.lib.money import money_text


def percent(rate):
    return None if rate is None else f"{number_format(rate, 1)}\N{NO-BREAK SPACE}%"


@admin.register(RetentionSnapshot)
class RetentionSnapshotAdmin(ExportMixin, ViewOnlyAdmin):
    list_display = [
        "start_date",
        "end_date",
        "every",
        "program",
        "at_start",
        "at_end",
        "new",
        "returned",
        "kept",
        "back",
    ]
    list_filter = ["every", "program"]
    list_select_related = ["program"]
    date_hierarchy = "start_date"

    @admin.display(description=_("retention rate"))
    def kept(self, snapshot):
        return percent(snapshot.counts.retention_rate)

    @admin.display(description=_("return rate"))
    def back(self, snapshot):
        return percent(snapshot.counts.return_rate)


@admin.register(ValueSnapshot)
class ValueSnapshotAdmin(ExportMixin, ViewOnlyAdmin):
    list_display = ["as_of_date", "program", "members", "historic", "predicted_value", "horizon_weeks", "refused"]
    list_filter = ["program"]
    list_select_related = ["program"]
    readonly_fields = ["refused"]
    exclude = ["refusal"]

    @admin.display(description=_("historic value"))
    def historic(self, snapshot):
        return money_text(snapshot.historic_value, snapshot.program.money_currency)

    @admin.display(description=_("reason of the refusal"))
    def refused(self, snapshot):
        return snapshot.refused


@admin.register(MemberValue)
class MemberValueAdmin(ExportMixin, ViewOnlyAdmin):
    list_display = ["member", "snapshot", "historic_money", "expected_purchases", "probability_alive", "predicted"]
    list_filter = ["snapshot__program"]
    list_select_related = ["member", "snapshot__program"]
    search_fields = ["member__number__exact"]
    ordering = ["-snapshot", "-predicted"]

    @admin.display(description=_("spent so far"))
    def historic_money(self, value):
        return money_text(value.historic, value.snapshot.program.money_currency)
