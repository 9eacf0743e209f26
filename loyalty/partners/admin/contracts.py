"""What was agreed with partners; packs and payments are booked from here."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin, VerbMixin, ViewOnlyAdmin, grouped
from loyalty.lib.money import money_text
from loyalty.lib.periods import start_of_day
from loyalty.partners import operations
from loyalty.partners.forms import IssueForm, PackForm, PaymentForm, in_minor_units
from loyalty.partners.models import Contract, PrepaidPack
from loyalty.partners.models.contract import TERMS

BOOK = "partners.book_contract"
ISSUE = "partners.issue_statement"
REFUSALS = (operations.PartnersError, ValidationError)


@admin.register(Contract)
class ContractAdmin(VerbMixin, NoDeleteMixin, HistoryAdmin):
    list_display = ["partner", "program", "valid_from", "valid_until", "accrual_rate", "redemption_rate", "billing"]
    list_filter = ["partner", "program", "billing"]
    list_select_related = ["partner", "program"]
    autocomplete_fields = ["partner", "program"]
    actions_detail = ["sell_pack", "book_payment", "issue_statement"]
    fieldsets = [
        (None, {"fields": ["partner", "program", ("valid_from", "valid_until")]}),
        (
            _("What a point costs"),
            {
                "fields": ["accrual_rate", "redemption_rate", "rounding", "billing"],
                "description": _(
                    "Points alone are settled. Cash-back that members earn there is at the program’s own cost, and it "
                    "cannot be spent there."
                ),
            },
        ),
        (_("What may be done there"), {"fields": ["kinds", "can_redeem"]}),
        (_("How much at most"), {"fields": ["budget_month", "budget_total", "over_budget"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        """Whose it is stays; what points were booked by stays as well."""
        fixed = ["partner", "program"] if obj else []
        booked = [name for name in TERMS if obj and obj.lines.exists()]
        return [*super().get_readonly_fields(request, obj), *fixed, *booked]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_at, obj.by = timezone.now(), request.user
        operations.save_contract(obj, at=timezone.now(), by=request.user)

    def has_book_permission(self, request, object_id=None):
        return request.user.has_perm(BOOK)

    @action(description=_("Sell a pack of points"), url_path="pack", permissions=["book"], icon="inventory_2")
    def sell_pack(self, request, object_id):
        def perform(contract, data):
            operations.buy_pack(
                program=contract.program,
                partner=contract.partner,
                points=data["points"],
                price=in_minor_units(data["amount"], contract.partner.currency),
                reference=data["reference"],
                at=timezone.now(),
                by=request.user,
            )
            return gettext("The pack is booked.")

        return self._book(request, object_id, _("Sell a pack of points"), PackForm, perform)

    @action(description=_("Book a payment"), url_path="payment", permissions=["book"], icon="payments")
    def book_payment(self, request, object_id):
        def perform(contract, data):
            operations.record_payment(
                program=contract.program,
                partner=contract.partner,
                amount=in_minor_units(data["amount"], contract.partner.currency),
                reference=data["reference"],
                occurred_at=start_of_day(data["paid_on"], contract.program.tzinfo),
                at=timezone.now(),
                by=request.user,
            )
            return gettext("The payment is booked.")

        return self._book(request, object_id, _("Book a payment"), PaymentForm, perform)

    def has_issue_permission(self, request, object_id=None):
        return request.user.has_perm(ISSUE)

    @action(description=_("Issue a statement"), url_path="statement", permissions=["issue"], icon="request_quote")
    def issue_statement(self, request, object_id):
        """Where the job of the first of the month did not, or for a month that ended before it ran."""

        def perform(contract, data):
            now = timezone.now()
            statement = operations.settle(
                program=contract.program,
                partner=contract.partner,
                month=data["day"],
                reason=data["reason"],
                at=now,
                by=request.user,
            )
            link = reverse("admin:partners_statement_change", args=[statement.pk])
            told = _("The statement of {} is issued.") if statement.issued_at == now else _("It was issued before: {}.")
            month = date_format(statement.month, "YEAR_MONTH_FORMAT")
            return format_html(told, format_html('<a class="underline" href="{}">{}</a>', link, month))

        return self._book(request, object_id, _("Issue a statement"), IssueForm, perform)

    def _book(self, request, object_id, title, form_class, perform):
        return self.act(request, object_id, title=title, form_class=form_class, perform=perform, refusals=REFUSALS)


@admin.register(PrepaidPack)
class PrepaidPackAdmin(ViewOnlyAdmin):
    list_display = ["bought_at", "partner", "program", "reference", "shown_points", "shown_left", "shown_price"]
    list_filter = ["partner", "program"]
    list_select_related = ["partner", "program"]
    sortable_by = []
    fields = ["partner", "program", "reference", "shown_points", "shown_left", "shown_price", "bought_at", "by"]
    readonly_fields = ["shown_points", "shown_left", "shown_price"]

    @display(description=_("points bought"))
    def shown_points(self, pack):
        return grouped(pack.points)

    @display(description=_("points left"))
    def shown_left(self, pack):
        return grouped(pack.left)

    @display(description=_("price"))
    def shown_price(self, pack):
        return money_text(pack.price, pack.partner.currency)
