"""Carts that members began, and vouchers as discount codes of shops: to be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.connectors import sentences
from loyalty.connectors.models import Cart, ShopCode
from loyalty.lib.admin import MemberSearchMixin, ViewOnlyAdmin
from loyalty.lib.money import money_text

CART_COLOURS = {"open": "info", "ordered": "success", "abandoned": "warning"}
CODE_COLOURS = {"waiting": "info", "live": "success", "ending": "info", "ended": "", "failed": "danger"}


@admin.register(Cart)
class CartAdmin(MemberSearchMixin, ViewOnlyAdmin):
    list_display = ["seen_at", "connection", "member", "shown_amount", "shown_state"]
    list_filter = ["state", "connection"]
    list_select_related = ["connection__program", "member"]
    sortable_by = []
    readonly_fields = ["shown_amount"]
    fields = ["connection", "token", "member", "shown_amount", "state", "seen_at"]

    @display(description=_("amount"))
    def shown_amount(self, cart):
        return money_text(cart.amount, cart.connection.program.money_currency)

    @display(description=_("state"), label=CART_COLOURS)
    def shown_state(self, cart):
        return cart.state, cart.get_state_display()


@admin.register(ShopCode)
class ShopCodeAdmin(ViewOnlyAdmin):
    list_display = ["changed_at", "connection", "voucher", "shown_state", "shown_reason", "attempts"]
    list_filter = ["state", "connection"]
    list_select_related = ["connection", "voucher"]
    sortable_by = []
    readonly_fields = ["shown_reason"]
    fields = ["connection", "voucher", "state", "shown_reason", "remote_id", "attempts", "due_at", "changed_at"]

    @display(description=_("state"), label=CODE_COLOURS)
    def shown_state(self, code):
        return code.state, code.get_state_display()

    @display(description=_("reason"))
    def shown_reason(self, code):
        return sentences.reason(code.code)
