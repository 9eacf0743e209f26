from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from analytics.models import MemberValue, RetentionSnapshot, ValueSnapshot
from loyalty.lib.admin import ExportMixin, MemberSearchMixin, ViewOnlyAdmin
from loyalty.lib.money import amount_text, money_text
from loyalty.lib.wording import percent_text


@admin.register(RetentionSnapshot)
class RetentionSnapshotAdmin(ExportMixin, ViewOnlyAdmin):
    list_display = ["start_date", "every", "kept", "back", "at_start", "at_end", "new", "returned", "program"]
    list_filter = ["every", "program"]
    list_select_related = ["program"]
    date_hierarchy = "start_date"

    @admin.display(description=_("retention rate"))
    def kept(self, snapshot):
        return percent_text(snapshot.counts.retention_rate)

    @admin.display(description=_("return rate"))
    def back(self, snapshot):
        return percent_text(snapshot.counts.return_rate)


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
class MemberValueAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["member", "snapshot", "shown_historic", "shown_purchases", "shown_alive", "shown_predicted"]
    list_filter = ["snapshot__program"]
    list_select_related = ["member", "snapshot__program"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    ordering = ["-snapshot__as_of_date", "-predicted"]
    sortable_by = []
    fields = list_display
    readonly_fields = ["shown_historic", "shown_purchases", "shown_alive", "shown_predicted"]

    @admin.display(description=_("spent so far"))
    def shown_historic(self, value):
        return money_text(value.historic, value.snapshot.program.money_currency)

    @admin.display(description=_("expected purchases"))
    def shown_purchases(self, value):
        return number_format(round(value.expected_purchases, 2), 2)

    @admin.display(description=_("probability of still being a customer"))
    def shown_alive(self, value):
        return percent_text(value.probability_alive * 100)

    @admin.display(description=_("predicted value"))
    def shown_predicted(self, value):
        return amount_text(value.predicted, value.snapshot.program.money_currency)
