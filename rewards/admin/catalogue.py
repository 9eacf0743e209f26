"""The catalogue. What a reward gives is fixed once somebody has it; the stock is changed by a verb of its own."""

from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin, VerbMixin, grouped
from rewards import operations, sentences
from rewards.forms import RewardForm, StockForm
from rewards.models import Reward

GIFT = ("kind", "percent", "amount", "product")
GIVEN_OUT = _("Somebody has this reward: make a new one to give something else.")


@admin.register(Reward)
class RewardAdmin(VerbMixin, NoDeleteMixin, HistoryAdmin):
    form = RewardForm
    list_display = ["shown_name", "program", "shown_gift", "shown_price", "shown_stock", "is_active"]
    list_filter = ["program", "kind", "is_active"]
    list_select_related = ["program"]
    search_fields = ["code", "name_fr", "name_en"]
    ordering = ["program", "points_price", "code"]
    autocomplete_fields = ["program", "stores"]
    readonly_fields = ["shown_gift", "shown_stock"]
    actions_detail = ["change_stock"]
    conditional_fields = {
        "percent": "kind == 'discount_percent'",
        "amount": "kind == 'discount_amount' || kind == 'cash_back'",
        "product": "kind == 'free_product'",
    }
    fieldsets = [
        (None, {"fields": ["program", "code", "name_en", "name_fr", "description_en", "description_fr"]}),
        (_("What it gives"), {"fields": GIFT}),
        (
            _("Who can have it"),
            {"fields": ["points_price", "stock", "per_member_limit", "stores", "first_day", "last_day", "is_active"]},
        ),
        (_("Its vouchers"), {"fields": ["voucher_days", "voucher_uses"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """Once somebody has it, what it gives is a sentence; of a reward that exists, so is the stock."""
        if obj is None:
            return self.fieldsets
        names, gift, who, vouchers = self.fieldsets
        shown = ["shown_stock" if name == "stock" else name for name in who[1]["fields"]]
        if not self.has_change_permission(request, obj):
            shown = [{"first_day": "valid_from", "last_day": "valid_to"}.get(name, name) for name in shown]
        if self._gift_is_fixed(request, obj):
            gift = (gift[0], {"fields": ["shown_gift"], "description": GIVEN_OUT})
        return [names, gift, (who[0], {"fields": shown}), vouchers]

    def _gift_is_fixed(self, request, obj):
        return obj.vouchers.exists() or not self.has_change_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "program", "code"] if obj else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name_en"]}

    def save_model(self, request, obj, form, change):
        """Without the stock, which somebody may be redeeming at this moment."""
        columns = [field.name for field in self.opts.concrete_fields if field.name not in ("id", "stock")]
        obj.save(update_fields=columns if change else None)

    @display(description=_("name"))
    def shown_name(self, reward):
        return reward.name

    @display(description=_("gives"))
    def shown_gift(self, reward):
        return capfirst(sentences.gift(reward))

    @display(description=_("price in points"), ordering="points_price")
    def shown_price(self, reward):
        return grouped(reward.points_price)

    @display(description=_("stock"), ordering="stock")
    def shown_stock(self, reward):
        return _("without limit") if reward.stock is None else grouped(reward.stock)

    @action(description=_("Change the stock"), url_path="stock", permissions=["change"], icon="inventory")
    def change_stock(self, request, object_id):
        def perform(reward, data):
            operations.set_stock(
                reward=reward, stock=data["stock"], seen=data["seen"], at=timezone.now(), by=request.user
            )
            return gettext("The stock was changed.")

        def form_class(data):
            stock = Reward.objects.filter(pk=object_id).values_list("stock", flat=True).first()
            return StockForm(data, initial={"stock": stock, "seen": stock})

        return self.act(
            request,
            object_id,
            title=_("Change the stock"),
            form_class=form_class,
            perform=perform,
            refusals=operations.RewardsError,
        )
