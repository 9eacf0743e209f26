"""What points became, to be read; rolling a redemption back is the one verb."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.ledger.operations import LedgerError
from loyalty.lib.admin import (
    ExportMixin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyAdmin,
    ViewOnlyInline,
)
from loyalty.lib.money import money_text
from rewards import operations, sentences
from rewards.admin.sections import without_empty
from rewards.forms import ReasonForm
from rewards.models import Issuance, Redemption, Voucher

STATE_COLOURS = {"done": "success", "rolled_back": "warning"}


class VoucherInline(ViewOnlyInline):
    model = Voucher
    fields = ["shown_code", "state", "expires_at", "used_at"]
    readonly_fields = ["shown_code"]

    @display(description=_("code"))
    def shown_code(self, voucher):
        return str(voucher)


@admin.register(Redemption)
class RedemptionAdmin(StoreScopedMixin, VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["redeemed_at", "member", "exchange", "shown_points", "shown_state", "store"]
    list_filter = ["program", "state"]
    list_select_related = ["member", "reward", "program", "store"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    inlines = [VoucherInline]
    actions_detail = ["roll_back"]
    readonly_fields = ["exchange", "shown_points"]
    fieldsets = [
        (None, {"fields": ["member", "program", "exchange", "shown_points", "state", "burn_rule"]}),
        (_("Where it came from"), {"fields": ["redeemed_at", "store", "source", "external_id", "by"]}),
        (_("Rolled back"), {"fields": ["rolled_back_at", "rolled_back_by", "rolled_back_reason"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "reward__code", "quantity", "currency", "points"]
    export_fields += ["value", "state"]
    export_fields += ["store__code", "redeemed_at", "source", "external_id"]

    def get_fieldsets(self, request, obj=None):
        return without_empty(super().get_fieldsets(request, obj), obj)

    @display(description=_("for"))
    def exchange(self, redemption):
        return sentences.exchange(redemption)

    @display(description=_("points"))
    def shown_points(self, redemption):
        return sentences.spent(redemption)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, redemption):
        return redemption.state, redemption.get_state_display()

    def has_roll_back_permission(self, request, object_id=None):
        return request.user.has_perm("rewards.change_redemption")

    @action(description=_("Roll this back"), url_path="roll-back", permissions=["roll_back"], icon="undo")
    def roll_back(self, request, object_id):
        def perform(redemption, data):
            operations.roll_back_redemption(
                redemption=redemption, reason=data["reason"], at=timezone.now(), by=request.user
            )
            return gettext("The redemption was rolled back; its points are back where they came from.")

        return self.act(
            request,
            object_id,
            title=_("Roll this back"),
            form_class=ReasonForm,
            perform=perform,
            refusals=(operations.RewardsError, LedgerError),
        )


@admin.register(Issuance)
class IssuanceAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["month", "member", "shown_points", "shown_value", "voucher"]
    list_filter = ["program"]
    list_select_related = ["member", "program", "voucher"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    readonly_fields = ["shown_points", "shown_value"]
    fields = ["program", "member", "month", "shown_points", "shown_value", "voucher"]
    export_fields = ["id", "program__code", "member__number", "month", "currency", "points", "value"]

    @display(description=_("points"))
    def shown_points(self, issuance):
        return sentences.spent(issuance)

    @display(description=_("value"))
    def shown_value(self, issuance):
        return money_text(issuance.value, issuance.program.money_currency)
