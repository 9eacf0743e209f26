"""One card: found by its number or its member, shown with its QR, handed over, blocked, replaced."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib import codes
from loyalty.lib.admin import (
    ExportMixin,
    HistoryAdmin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyMixin,
    has_row,
)
from members import operations
from members.forms import HandOverForm, ReasonForm, ReplaceCardForm
from members.models import Card
from members.qr import qr_svg

STATE_COLOURS = {"ready": "info", "active": "success", "blocked": "danger"}
REFUSALS = (operations.CardRefused, ValidationError)


@admin.register(Card)
class CardAdmin(StoreScopedMixin, VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyMixin, HistoryAdmin):
    store_lookup = ["member__enrolments__store", "batch__store"]
    list_display = ["number", "program", "shown_state", "member", "batch", "activated_at"]
    list_filter = ["program", "state"]
    list_select_related = ["program", "member", "batch__program"]
    sortable_by = []
    search_help_text = _("Number of the card, or name, number, e-mail or phone of its member.")
    fields = ["number", "shown_qr", "program", "member", "state", "activated_at", "batch", "replaces"]
    fields += ["blocked_at", "blocked_reason"]
    readonly_fields = ["number", "shown_qr"]
    actions_detail = ["hand_over", "replace", "block"]
    export_fields = ["number", "program__code", "state", "member__number", "activated_at", "blocked_at"]
    export_fields += ["blocked_reason"]

    def get_search_results(self, request, queryset, search_term):
        found, duplicates = super().get_search_results(request, Card.objects.all(), search_term)
        if not search_term.strip():
            return queryset, duplicates
        code = codes.normalise(search_term)
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(number__begins=code)), duplicates

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, card):
        return card.state, card.get_state_display()

    @display(description=_("QR code"))
    def shown_qr(self, card):
        return format_html('<div style="width: 9rem">{}</div>', qr_svg(card.number))

    def _in_state(self, request, object_id, *states):
        cards = Card.objects.filter(state__in=states)
        return request.user.has_perm("members.change_card") and has_row(cards, object_id)

    def has_hand_over_permission(self, request, object_id=None):
        return self._in_state(request, object_id, Card.State.READY)

    def has_block_permission(self, request, object_id=None):
        return self._in_state(request, object_id, Card.State.READY, Card.State.ACTIVE)

    def has_replace_permission(self, request, object_id=None):
        carried = Card.objects.filter(member__isnull=False, replaced_by__isnull=True)
        return request.user.has_perm("members.change_card") and has_row(carried, object_id)

    @action(description=_("Hand over"), permissions=["hand_over"], icon="add_card")
    def hand_over(self, request, object_id):
        def perform(card, data):
            operations.activate_card(card=card, member=data["member"], at=timezone.now(), by=request.user)
            return gettext("The card %(number)s is active.") % {"number": card.number}

        return self.act(
            request,
            object_id,
            title=_("Hand the card over"),
            form_class=HandOverForm,
            perform=perform,
            refusals=REFUSALS,
        )

    @action(description=_("Block"), permissions=["block"], icon="block")
    def block(self, request, object_id):
        def perform(card, data):
            operations.block_card(card=card, reason=data["reason"], at=timezone.now(), by=request.user)
            return gettext("The card is blocked.")

        return self.act(
            request,
            object_id,
            title=_("Block the card"),
            form_class=ReasonForm,
            perform=perform,
            refusals=REFUSALS,
        )

    @action(description=_("Replace"), permissions=["replace"], icon="swap_horiz")
    def replace(self, request, object_id):
        def perform(card, data):
            new = operations.replace_card(
                card=card, reason=data["reason"], with_card=data["card"], at=timezone.now(), by=request.user
            )
            return gettext("The card %(number)s is active.") % {"number": new.number}

        return self.act(
            request,
            object_id,
            title=_("Replace the card"),
            form_class=ReplaceCardForm,
            perform=perform,
            refusals=REFUSALS,
        )
