"""Vouchers, to be read: codes in full only for whoever may read them; withdrawing is the one verb."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from loyalty.lib import codes
from loyalty.lib.admin import ExportMixin, MemberSearchMixin, VerbMixin, ViewOnlyAdmin, ViewOnlyInline
from loyalty.lib.money import money_text
from rewards import operations, sentences
from rewards.admin.sections import without_empty
from rewards.forms import WithdrawForm
from rewards.models import Voucher, VoucherUse

STATES = {
    "unused": _("unused"),
    "reserved": _("reserved"),
    "used": _("used"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
    "exchanged": _("exchanged"),
}
STATE_COLOURS = {
    "unused": "success",
    "reserved": "info",
    "used": "",
    "withdrawn": "danger",
    "expired": "warning",
    "exchanged": "info",
}


def shown_state(voucher):
    """The state as people mean it: an unused voucher past its end has expired."""
    ended = voucher.expires_at is not None and voucher.expires_at <= timezone.now()
    return "expired" if ended and voucher.state in ("unused", "reserved") else voucher.state


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return STATES.items()

    def queryset(self, request, queryset):
        ended = Q(expires_at__lte=timezone.now())
        if self.value() == "expired":
            return queryset.filter(ended, state__in=["unused", "reserved"])
        if self.value() in ("unused", "reserved"):
            return queryset.exclude(ended).filter(state=self.value())
        return queryset.filter(state=self.value()) if self.value() else queryset


class OpenAtFilter(admin.SimpleListFilter):
    """Comes from a statement, with its moment; nobody chooses it here."""

    title = _("open at")
    parameter_name = "open_at"

    def lookups(self, request, model_admin):
        return (
            [(self.value(), date_format(localtime(moment), "SHORT_DATETIME_FORMAT"))] if (moment := self._at()) else []
        )

    def queryset(self, request, queryset):
        return queryset.open_at(moment) if (moment := self._at()) else queryset

    def _at(self):
        try:
            moment = parse_datetime(self.value() or "")
        except ValueError:
            return None
        return moment if moment and moment.tzinfo else None


class UseMixin:
    @display(description=_("discount"))
    def shown_worth(self, use):
        return money_text(use.worth, use.voucher.program.money_currency)

    @display(description=_("given back"))
    def given_back(self, use):
        if not hasattr(use, "undoing"):
            return "–"
        return date_format(localtime(use.undoing.undone_at), "DATETIME_FORMAT")


class UseInline(UseMixin, ViewOnlyInline):
    model = VoucherUse
    fields = ["used_at", "shown_worth", "member", "store", "source", "external_id", "by", "given_back"]
    readonly_fields = ["shown_worth", "given_back"]
    show_change_link = False
    verbose_name_plural = _("uses")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("voucher__program", "store", "member", "by", "undoing")


@admin.register(Voucher)
class VoucherAdmin(VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["shown_code", "worth", "member", "shown_state", "issued_at", "expires_at"]
    list_filter = ["program", StateFilter, OpenAtFilter, ("batch", AutocompleteSelectFilter)]
    list_select_related = ["member", "reward__program", "program"]
    search_help_text = _("Name, number, card, e-mail or phone of the member, or the code.")
    sortable_by = []
    inlines = [UseInline]
    actions_detail = ["withdraw"]
    readonly_fields = ["shown_code", "worth", "state_text", "shown_partner_code"]
    fieldsets = [
        (None, {"fields": ["shown_code", "worth", "state_text", "program", "member", "redemption", "batch", "origin"]}),
        (_("Validity"), {"fields": ["issued_at", "issued_by", "expires_at", "uses", "uses_allowed", "used_at"]}),
        (_("Held for a sale"), {"fields": ["reserved_for", "reserved_until"]}),
        (_("Withdrawn"), {"fields": ["withdrawn_at", "withdrawn_by", "withdrawn_reason"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "reward__code", "value", "state", "uses", "issued_at"]
    export_fields += ["expires_at", "used_at"]

    def lookup_allowed(self, lookup, value, request):
        """A brand's statement opens its vouchers."""
        return lookup == "reward__funded_by" or super().lookup_allowed(lookup, value, request)

    def get_list_display(self, request):
        return [self._code_column(request), *self.list_display[1:]]

    def get_fieldsets(self, request, obj=None):
        (title, first), *others = without_empty(super().get_fieldsets(request, obj), obj)
        partners = ["shown_partner_code"] if hasattr(obj, "partner_code") else []
        return [(title, {"fields": [self._code_column(request), *first["fields"][1:], *partners]}), *others]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), self._code_column(request)]

    def _code_column(self, request):
        return "code" if request.user.has_perm("rewards.reveal_voucher") else "shown_code"

    def get_search_results(self, request, queryset, search_term):
        with_code = queryset.filter(code=codes.normalise(search_term))
        return (with_code, False) if with_code.exists() else super().get_search_results(request, queryset, search_term)

    @display(description=_("code"))
    def shown_code(self, voucher):
        return str(voucher)

    @display(description=_("partner’s code"))
    def shown_partner_code(self, voucher):
        code = getattr(voucher, "partner_code", None)
        return str(code) if code else "–"

    @display(description=_("worth"))
    def worth(self, voucher):
        return sentences.worth(voucher)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, voucher):
        state = shown_state(voucher)
        return state, STATES[state]

    @display(description=_("state"))
    def state_text(self, voucher):
        return STATES[shown_state(voucher)]

    def has_withdraw_permission(self, request, object_id=None):
        return request.user.has_perm("rewards.change_voucher")

    @action(description=_("Withdraw this voucher"), url_path="withdraw", permissions=["withdraw"], icon="block")
    def withdraw(self, request, object_id):
        def perform(voucher, data):
            operations.withdraw_voucher(voucher=voucher, reason=data["reason"], at=timezone.now(), by=request.user)
            return gettext("The voucher is worth nothing any more.")

        return self.act(
            request,
            object_id,
            title=_("Withdraw this voucher"),
            form_class=WithdrawForm,
            perform=perform,
            refusals=operations.RewardsError,
        )


@admin.register(VoucherUse)
class VoucherUseAdmin(UseMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    """Where vouchers were used and what they took off; what a brand's statement counts."""

    list_display = ["used_at", "voucher", "reward", "shown_worth", "member", "store", "given_back"]
    list_filter = ["voucher__program"]
    list_select_related = ["voucher__reward", "voucher__program", "member", "store", "undoing"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    readonly_fields = ["reward", "shown_worth", "given_back"]
    fields = [
        "voucher",
        "reward",
        "shown_worth",
        "member",
        "store",
        "used_at",
        "source",
        "external_id",
        "by",
        "given_back",
    ]
    export_fields = ["id", "used_at", "voucher__program__code", "voucher__reward__code", "voucher__reward__funded_by"]
    export_fields += ["worth", "member__number", "store__code", "source", "external_id", "undoing__undone_at"]
    counted_by = ("voucher__program__id__exact", "voucher__reward__funded_by", "undoing__isnull")

    def lookup_allowed(self, lookup, value, request):
        return lookup in self.counted_by or super().lookup_allowed(lookup, value, request)

    @display(description=_("reward"))
    def reward(self, use):
        return sentences.worth(use.voucher)
