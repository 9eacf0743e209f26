"""Gift cards: made in numbers for the printer, read, blocked, corrected with a reason. PINs are shown to nobody."""

import csv
from io import StringIO
from uuid import uuid4

from django.contrib import admin
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib import codes
from loyalty.lib.admin import ExportMixin, MemberSearchMixin, VerbMixin, ViewOnlyAdmin, ViewOnlyInline, has_row
from loyalty.lib.money import money_text, to_minor
from loyalty.lib.spreadsheets import spreadsheet_safe
from rewards import operations
from rewards.admin.sections import without_empty
from rewards.forms import GiftCardCorrectionForm, MakeGiftCardsForm, UnblockForm, WithdrawForm
from rewards.models import GiftCard, GiftCardMovement

STATE_COLOURS = {"ready": "info", "active": "success", "blocked": "danger"}


class MovementInline(ViewOnlyInline):
    model = GiftCardMovement
    fields = ["at", "kind", "shown_amount", "store", "source", "external_id", "reason", "by"]
    show_change_link = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("program", "store", "by").order_by("-id")

    @display(description=_("amount"))
    def shown_amount(self, movement):
        return money_text(movement.amount, movement.program.money_currency)


@admin.register(GiftCard)
class GiftCardAdmin(VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["shown_code", "program", "shown_balance", "shown_state", "member", "sold_at", "expires_at"]
    list_filter = ["program", "state"]
    list_select_related = ["program", "member"]
    search_help_text = _("Name, number, card, e-mail or phone of the member, or the code.")
    sortable_by = []
    inlines = [MovementInline]
    actions_list = ["make"]
    actions_detail = ["block", "unblock", "correct"]
    readonly_fields = ["shown_code", "shown_balance"]
    fieldsets = [
        (None, {"fields": ["shown_code", "program", "shown_balance", "state", "member", "registered_at"]}),
        (_("Validity"), {"fields": ["made_at", "made_by", "sold_at", "expires_at", "wrong_pins"]}),
        (_("Blocked"), {"fields": ["blocked_at", "blocked_by", "blocked_reason"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "state", "balance", "sold_at", "expires_at"]

    def get_list_display(self, request):
        return [self._code_column(request), *self.list_display[1:]]

    def get_fieldsets(self, request, obj=None):
        (title, first), *others = without_empty(super().get_fieldsets(request, obj), obj)
        return [(title, {"fields": [self._code_column(request), *first["fields"][1:]]}), *others]

    def _code_column(self, request):
        return "code" if request.user.has_perm("rewards.reveal_voucher") else "shown_code"

    def get_search_results(self, request, queryset, search_term):
        with_code = queryset.filter(code=codes.normalise(search_term))
        return (with_code, False) if with_code.exists() else super().get_search_results(request, queryset, search_term)

    @display(description=_("code"))
    def shown_code(self, card):
        return str(card)

    @display(description=_("money left"))
    def shown_balance(self, card):
        return money_text(card.balance, card.program.money_currency)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, card):
        return card.state, card.get_state_display()

    def has_make_permission(self, request):
        return request.user.has_perm("rewards.make_giftcard")

    def has_block_permission(self, request, object_id=None):
        standing = GiftCard.objects.exclude(state=GiftCard.State.BLOCKED)
        return request.user.has_perm("rewards.change_giftcard") and has_row(standing, object_id)

    def has_unblock_permission(self, request, object_id=None):
        """Blocked by hand, or by wrong PINs."""
        stopped = GiftCard.objects.exclude(state__in=["ready", "active"], wrong_pins=0)
        stopped = stopped.filter(state="blocked") | stopped.filter(wrong_pins__gt=0)
        return request.user.has_perm("rewards.change_giftcard") and has_row(stopped, object_id)

    def has_correct_permission(self, request, object_id=None):
        return request.user.has_perm("rewards.adjust_giftcard") and has_row(GiftCard.objects.all(), object_id)

    @action(description=_("Make gift cards"), url_path="make", permissions=["make"], icon="add_card")
    def make(self, request):
        """Answers with the file for the printer, the only time that PINs are told."""
        form = MakeGiftCardsForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            made = operations.make_gift_cards(at=timezone.now(), by=request.user, **form.cleaned_data)
            return _file(made)
        context = self.admin_site.each_context(request)
        context |= {"title": _("Make gift cards"), "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/act.html", context)

    @action(description=_("Block this card"), url_path="block", permissions=["block"], icon="block")
    def block(self, request, object_id):
        def perform(card, data):
            operations.block_gift_card(card=card, reason=data["reason"], at=timezone.now(), by=request.user)
            return gettext("The card is blocked; its money stays on it.")

        return self._verb(request, object_id, _("Block this card"), WithdrawForm, perform)

    @action(description=_("Unblock this card"), url_path="unblock", permissions=["unblock"], icon="lock_open")
    def unblock(self, request, object_id):
        def perform(card, data):
            operations.unblock_gift_card(card=card, at=timezone.now(), by=request.user)
            return gettext("The card can pay again.")

        return self._verb(request, object_id, _("Unblock this card"), UnblockForm, perform)

    @action(description=_("Correct the balance"), url_path="correct", permissions=["correct"], icon="tune")
    def correct(self, request, object_id):
        def perform(card, data):
            operations.adjust_gift_card(
                card=card,
                amount=to_minor(data["amount"], card.program.money_currency),
                reason=data["reason"],
                source="admin",
                external_id=str(data["key"]),
                at=timezone.now(),
                by=request.user,
            )
            return gettext("The balance was corrected.")

        def form_class(data):
            return GiftCardCorrectionForm(data, initial={"key": uuid4()}, card=self.get_object(request, object_id))

        return self._verb(request, object_id, _("Correct the balance"), form_class, perform)

    def _verb(self, request, object_id, title, form_class, perform):
        return self.act(
            request,
            object_id,
            title=title,
            form_class=form_class,
            perform=perform,
            refusals=operations.RewardsError,
        )


def _file(cards):
    text = StringIO("\ufeff", newline="")
    text.seek(0, 2)
    writer = csv.writer(text)
    writer.writerow([spreadsheet_safe(gettext("code")), spreadsheet_safe(gettext("PIN"))])
    writer.writerows([spreadsheet_safe(card.code), spreadsheet_safe(card.pin)] for card in cards)
    headers = {"Content-Disposition": 'attachment; filename="gift-cards.csv"', "Cache-Control": "no-store"}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
