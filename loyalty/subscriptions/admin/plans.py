"""Plans and their prices, edited; what a plan is can be changed, what it costs counts for new subscriptions only."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin
from loyalty.lib.money import money_text
from loyalty.subscriptions import operations, sentences
from loyalty.subscriptions.forms import PlanForm, PriceForm, PricesFormSet
from loyalty.subscriptions.models import Plan, PlanPrice


class PriceInline(NoDeleteMixin, TabularInline):
    model = PlanPrice
    form = PriceForm
    formset = PricesFormSet
    extra = 0
    min_num = 1
    can_delete = False
    verbose_name_plural = _("prices")

    def get_fields(self, request, obj=None):
        """Who may only look reads the price with its decimals."""
        return ["currency", "amount"] if self._may_edit(request, obj) else ["currency", "shown_amount"]

    def get_readonly_fields(self, request, obj=None):
        return () if self._may_edit(request, obj) else ("currency", "shown_amount")

    def _may_edit(self, request, obj):
        return self.has_change_permission(request, obj) or (obj is None and self.has_add_permission(request, obj))

    @display(description=_("Price"))
    def shown_amount(self, price):
        return money_text(price.amount, price.currency)


@admin.register(Plan)
class PlanAdmin(NoDeleteMixin, HistoryAdmin):
    form = PlanForm
    inlines = [PriceInline]
    list_display = ["shown_name", "program", "shown_prices", "is_active"]
    list_filter = ["program", "is_active"]
    list_select_related = ["program"]
    search_fields = ["code", "name_fr", "name_en"]
    autocomplete_fields = ["program", "joining_reward", "recurring_reward"]
    conditional_fields = {"recurs": "recurring_reward != ''"}
    fieldsets = [
        (None, {"fields": ["program", "name_en", "name_fr", "code", "every", "trial_days", "is_active"]}),
        (
            _("What it brings"),
            {
                "fields": [
                    "multiplier",
                    "perks_en",
                    "perks_fr",
                    "joining_reward",
                    "recurring_reward",
                    "recurs",
                    "priority_support",
                ],
                "description": _(
                    "Who has the plan has these from now on, early subscribers included. Offers for subscribers alone "
                    "ask for the plan’s code."
                ),
            },
        ),
        (_("When a payment fails"), {"fields": ["grace_days", "retry_days"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("prices")

    def get_readonly_fields(self, request, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        if obj:
            fields += ["program", "code"]
        if obj and obj.subscriptions.exists():
            fields.append("every")  # the periods of those who have subscribed are counted by it
        return fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name_en"]}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and {"recurring_reward", "recurs"} & set(form.changed_data):
            operations.promise_again(plan=obj, at=timezone.now(), by=request.user)
        if change and "priority_support" in form.changed_data:
            operations.prioritise(plan=obj)

    @display(description=_("name"))
    def shown_name(self, plan):
        return plan.name

    @display(description=_("price"))
    def shown_prices(self, plan):
        return sentences.prices(plan)
