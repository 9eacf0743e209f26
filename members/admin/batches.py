"""Cards made ahead: a batch is generated, listed for the printer, shipped, and blocked where it got lost."""

from functools import partial

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import ModelAdmin, NoDeleteMixin, StoreScopedMixin, VerbMixin, csv_lines, has_row
from members import operations
from members.forms import ConfirmForm, ReasonForm, ShipForm
from members.models import CardBatch
from members.qr import qr_svg

STATE_COLOURS = {"generated": "info", "printed": "warning", "shipped": "success"}
CARDS_PER_SHEET = 100
REFUSALS = (operations.BatchRefused, ValidationError)
COLUMNS = ["number", "program__code", "program__name", "batch_id"]


@admin.register(CardBatch)
class CardBatchAdmin(VerbMixin, StoreScopedMixin, NoDeleteMixin, ModelAdmin):
    list_display = ["program", "quantity", "shown_state", "store", "created_at"]
    list_filter = ["program", "state"]
    list_select_related = ["program", "store"]
    search_fields = ["program__name", "store__name"]
    readonly_fields = ["state", "handed_over", "store", "created_at", "printed_at", "shipped_at", "by"]
    actions_detail = [
        "mark_printed",
        "ship",
        {"title": _("More"), "icon": "more_horiz", "items": ["sheet", "list_numbers", "block"]},
    ]

    def get_fields(self, request, obj=None):
        return ["program", "quantity", *self.readonly_fields] if obj else ["program", "quantity"]

    def has_change_permission(self, request, obj=None):
        """The verbs change a batch, a form does not."""
        return False

    def save_model(self, request, obj, form, change):
        saved = operations.generate_batch(at=timezone.now(), by=request.user, **form.cleaned_data)
        # The admin goes on with the row that it built from the form.
        obj.__dict__.update(saved.__dict__)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, batch):
        return batch.state, batch.get_state_display()

    @display(description=_("handed over"))
    def handed_over(self, batch):
        return batch.cards.active().count()

    def _batch(self, request, object_id):
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        return batch

    @action(description=_("Numbers as CSV"), permissions=["view"], icon="download")
    def list_numbers(self, request, object_id):
        batch = self._batch(request, object_id)
        return StreamingHttpResponse(
            csv_lines(batch.cards.order_by("pk"), COLUMNS),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="cards-{batch.pk}.csv"'},
        )

    @action(description=_("Sheet to print"), permissions=["view"], icon="print")
    def sheet(self, request, object_id):
        batch = self._batch(request, object_id)
        page = Paginator(batch.cards.order_by("pk"), CARDS_PER_SHEET).get_page(request.GET.get("page"))
        cards = [(card.number, qr_svg(card.number)) for card in page]
        context = {"batch": batch, "program": batch.program, "page": page, "cards": cards}
        return TemplateResponse(request, "admin/members/sheet.html", context)

    def _at_step(self, request, object_id, *states):
        steps = CardBatch.objects.filter(state__in=states)
        return request.user.has_perm("members.change_cardbatch") and has_row(steps, object_id)

    def has_print_permission(self, request, object_id=None):
        return self._at_step(request, object_id, CardBatch.State.GENERATED)

    def has_ship_permission(self, request, object_id=None):
        return self._at_step(request, object_id, CardBatch.State.PRINTED)

    def has_block_permission(self, request, object_id=None):
        return self._at_step(request, object_id, *CardBatch.State.values)

    @action(description=_("Mark as printed"), permissions=["print"], icon="done")
    def mark_printed(self, request, object_id):
        def perform(batch, data):
            operations.mark_printed(batch=batch, at=timezone.now(), by=request.user)
            return gettext("The cards are printed.")

        return self.act(
            request,
            object_id,
            title=_("The cards are printed"),
            form_class=ConfirmForm,
            perform=perform,
            refusals=REFUSALS,
        )

    @action(description=_("Ship to a store"), permissions=["ship"], icon="local_shipping")
    def ship(self, request, object_id):
        def perform(batch, data):
            operations.ship_batch(batch=batch, store=data["store"], at=timezone.now(), by=request.user)
            return gettext("The cards are on their way to %(store)s.") % {"store": data["store"]}

        return self.act(
            request,
            object_id,
            title=_("Ship to a store"),
            form_class=partial(ShipForm, batch=self._batch(request, object_id)),
            perform=perform,
            refusals=REFUSALS,
        )

    @action(description=_("Block the cards left"), permissions=["block"], icon="block")
    def block(self, request, object_id):
        def perform(batch, data):
            count = operations.block_batch(batch=batch, reason=data["reason"], at=timezone.now(), by=request.user)
            return ngettext("%(count)d card was blocked.", "%(count)d cards were blocked.", count) % {"count": count}

        return self.act(
            request,
            object_id,
            title=_("Block the cards that nobody carries"),
            form_class=ReasonForm,
            perform=perform,
            refusals=REFUSALS,
        )
