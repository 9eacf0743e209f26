"""The catalogue. What a reward gives is fixed once somebody has it; the stock is changed by a verb of its own."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold import admin as unfold_admin
from unfold.decorators import action, display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin, VerbMixin, ViewOnlyAdmin, fold_empty, grouped, has_row
from rewards import operations, rules, sentences
from rewards.admin.brands import BrandsMixin
from rewards.forms import PartnerCodesForm, RewardForm, StockForm
from rewards.models import PartnerCode, Reward, RewardItem
from rewards.models.item import check_part

GIFT = ("kind", "percent", "amount", "product", "partner_name")
COUNTS_FOR = ("minimum_basket", "categories", "skus", "is_stackable", "exclusive_group")
MOMENTS = {"first_day": "valid_from", "last_day": "valid_to", "early_day": "early_from"}
GIVEN_OUT = _("Somebody has this reward: make a new one to give something else.")


class PartFormSet(forms.BaseInlineFormSet):
    """A bundle has parts, a choice at least two; no other reward has any."""

    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data.get("item") and not form.cleaned_data.get("DELETE")]
        for form in kept:
            try:
                check_part(self.instance, form.cleaned_data["item"])
            except ValidationError as refusal:
                form.add_error(None, refusal)
        if missing := rules.parts_missing(self.instance.kind, len(kept)):
            raise ValidationError(missing)


class PartInline(unfold_admin.TabularInline):
    model = RewardItem
    fk_name = "reward"
    formset = PartFormSet
    autocomplete_fields = ["item"]
    extra = 0
    verbose_name_plural = _("Its parts, for several at once and one of several")

    def _is_given_out(self, obj):
        return obj is not None and obj.vouchers.exists()

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("rewards.view_reward")

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("rewards.change_reward") and not self._is_given_out(obj)

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)


class FoldedPartInline(PartInline):
    """Where the reward is of a kind that has none."""

    classes = ["collapse"]


@admin.register(Reward)
class RewardAdmin(BrandsMixin, VerbMixin, NoDeleteMixin, HistoryAdmin):
    form = RewardForm
    list_display = ["shown_name", "program", "shown_gift", "shown_price", "shown_stock", "is_active"]
    list_filter = ["program", "kind", "is_active"]
    list_select_related = ["program"]
    search_fields = ["code", "name_fr", "name_en"]
    ordering = ["program", "points_price", "code"]
    autocomplete_fields = ["program", "stores"]
    readonly_fields = ["shown_gift", "shown_conditions", "shown_stock"]
    actions_detail = ["change_stock", "add_codes"]
    actions_list = ["brands"]
    conditional_fields = {
        "percent": "kind == 'discount_percent'",
        "amount": "kind == 'discount_amount' || kind == 'cash_back'",
        "product": "kind == 'free_product' || kind == 'free_upgrade'",
        "partner_name": "kind == 'partner'",
    }
    fieldsets = [
        (None, {"fields": ["program", "name_en", "name_fr", "code", "description_en", "description_fr"]}),
        (_("What it gives"), {"fields": GIFT}),
        (_("What its vouchers count for"), {"fields": COUNTS_FOR, "classes": ["collapse"]}),
        (
            _("Who can have it"),
            {
                "fields": [
                    "points_price",
                    "stock",
                    "per_member_limit",
                    "stores",
                    "first_day",
                    "last_day",
                    "funded_by",
                    "is_active",
                ]
            },
        ),
        (
            _("For certain members"),
            {
                "fields": [*Reward.AUDIENCE, "early_day"],
                "description": _("Empty: for every member."),
                "classes": ["collapse"],
            },
        ),
        (_("Its vouchers"), {"fields": ["voucher_days", "voucher_uses"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """Once somebody has it, what it gives is a sentence; of a reward that exists, so is the stock."""
        if obj is None:
            return self.fieldsets
        names, gift, counts, who, whom, vouchers = fold_empty(self.fieldsets, obj)
        shown = ["shown_stock" if name == "stock" else name for name in who[1]["fields"]]
        if not self.has_change_permission(request, obj):
            shown = [MOMENTS.get(name, name) for name in shown]
            whom = (whom[0], whom[1] | {"fields": [MOMENTS.get(name, name) for name in whom[1]["fields"]]})
        if self._gift_is_fixed(request, obj):
            gift = (gift[0], {"fields": ["shown_gift", "shown_conditions"], "description": GIVEN_OUT})
            return [names, gift, (who[0], {"fields": shown}), whom, vouchers]
        return [names, gift, counts, (who[0], {"fields": shown}), whom, vouchers]

    def get_inlines(self, request, obj):
        return [PartInline if obj and obj.kind in Reward.OF_PARTS else FoldedPartInline]

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

    @display(description=_("counts"))
    def shown_conditions(self, reward):
        return capfirst(sentences.conditions(reward)) or _("for everything, beside other vouchers")

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

    def has_codes_permission(self, request, object_id=None):
        partners = Reward.objects.filter(kind=Reward.Kind.PARTNER)
        return request.user.has_perm("rewards.change_reward") and has_row(partners, object_id)

    @action(description=_("Add the partner’s codes"), url_path="codes", permissions=["codes"], icon="playlist_add")
    def add_codes(self, request, object_id):
        def perform(reward, data):
            codes = data["codes"].splitlines()
            count = operations.add_partner_codes(reward=reward, codes=codes, at=timezone.now(), by=request.user)
            return ngettext("%(n)s new code was added.", "%(n)s new codes were added.", count) % {"n": grouped(count)}

        return self.act(
            request,
            object_id,
            title=_("Add the partner’s codes"),
            form_class=PartnerCodesForm,
            perform=perform,
            refusals=operations.RewardsError,
        )


@admin.register(PartnerCode)
class PartnerCodeAdmin(ViewOnlyAdmin):
    """Which code went out with which voucher; in full only for whoever may read the codes of vouchers."""

    list_display = ["shown_code", "reward", "voucher", "added_at"]
    list_filter = ["reward__program"]
    list_select_related = ["reward", "voucher"]
    search_fields = ["=code"]
    fields = ["shown_code", "reward", "voucher", "added_at"]
    readonly_fields = ["shown_code"]

    def get_list_display(self, request):
        return [self._code_column(request), *self.list_display[1:]]

    def get_fields(self, request, obj=None):
        return [self._code_column(request), *self.fields[1:]]

    def _code_column(self, request):
        return "code" if request.user.has_perm("rewards.reveal_voucher") else "shown_code"

    @display(description=_("code"))
    def shown_code(self, code):
        return str(code)
