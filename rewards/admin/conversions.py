"""What points pay at the till, and what they become each month: rules to be edited, said in plain words."""

from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin
from rewards import sentences
from rewards.forms import BurnRuleForm, IssuanceRuleForm
from rewards.models import BurnRule, IssuanceRule


class SentenceMixin:
    """`numbers` are columns in minor units: who may not change the row reads the sentence instead of them."""

    numbers = ()
    describe = staticmethod(str)
    readonly_fields = ["sentence"]
    autocomplete_fields = ["program"]
    list_select_related = ["program"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "program", "currency"] if obj else fields  # figures are of this currency

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        may_change = self.has_change_permission(request, obj)
        replaced = {} if may_change else {"first_day": "valid_from", "last_day": "valid_to"}
        hidden = set() if may_change else set(self.numbers)
        (title, first), *others = [
            (
                title,
                options | {"fields": [replaced.get(name, name) for name in options["fields"] if name not in hidden]},
            )
            for title, options in fieldsets
        ]
        return [(title, first | {"fields": ["sentence", *first["fields"]]}), *others]

    @display(description=_("in words"))
    def sentence(self, rule):
        return capfirst(self.describe(rule))


@admin.register(BurnRule)
class BurnRuleAdmin(SentenceMixin, NoDeleteMixin, HistoryAdmin):
    form = BurnRuleForm
    describe = staticmethod(sentences.burning)
    numbers = ("points", "value", "minimum_points")
    list_display = ["name", "sentence", "program", "is_active"]
    list_filter = ["program", "is_active"]
    search_fields = ["name"]
    autocomplete_fields = ["program", "stores"]
    fieldsets = [
        (None, {"fields": ["program", "name", "currency", "points", "value", "is_active"]}),
        (_("How much"), {"fields": ["minimum_points", "largest_share"]}),
        (
            _("Where and on what"),
            {
                "fields": ["stores", "categories", "first_day", "last_day"],
                "description": _("What the program excludes can never be paid with points."),
            },
        ),
    ]


@admin.register(IssuanceRule)
class IssuanceRuleAdmin(SentenceMixin, NoDeleteMixin, HistoryAdmin):
    form = IssuanceRuleForm
    describe = staticmethod(sentences.issuing)
    numbers = ("points", "value", "minimum")
    list_display = ["program", "currency", "sentence", "shown_days", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["program__name", "program__code"]
    fieldsets = [
        (
            None,
            {
                "fields": ["program", "currency", "points", "value", "minimum", "voucher_days", "is_active"],
                "description": _(
                    "On the first of each month every member’s full steps of points become one voucher, and the points "
                    "are debited: at 100 points → 5.00, 350 points become a voucher of 15.00, and 50 points remain. "
                    "Cash-back is paid out in the same way, as a rule 0.01 → 0.01 from a minimum on."
                ),
            },
        )
    ]

    @display(description=_("voucher’s validity, days"))
    def shown_days(self, rule):
        return rule.voucher_days or _("for ever")
