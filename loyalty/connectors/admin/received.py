"""What came in: what became of it and, where nothing did, why; to try again, to give to a member, to pass over."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.connectors import operations, sentences
from loyalty.connectors.forms import GiveForm
from loyalty.connectors.models import Received
from loyalty.lib.admin import VerbMixin, ViewOnlyAdmin, has_row

STATE_COLOURS = {"received": "info", "done": "success", "passed": "", "waiting": "warning", "refused": "danger"}
State = Received.State


@admin.register(Received)
class ReceivedAdmin(VerbMixin, ViewOnlyAdmin):
    list_display = ["received_at", "connection", "topic", "shown_state", "shown_reason", "attempts"]
    list_filter = ["state", "connection"]
    list_select_related = ["connection"]
    search_fields = ["=delivery_id"]
    search_help_text = _("The other system’s identifier of the delivery.")
    sortable_by = []
    actions_detail = ["again", "give", "pass_over"]
    readonly_fields = ["shown_reason", "shown_activities"]
    fieldsets = [
        (None, {"fields": ["connection", "topic", "delivery_id", "state", "shown_reason", "shown_activities"]}),
        (_("Times"), {"fields": ["received_at", "attempts", "due_at", "settled_at"]}),
        (_("Settled by hand"), {"fields": ["member", "by"]}),
    ]

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, received):
        return received.state, received.get_state_display()

    @display(description=_("reason"))
    def shown_reason(self, received):
        return sentences.reason(received.code, received.detail)

    @display(description=_("activities"))
    def shown_activities(self, received):
        links = [(reverse("admin:earning_activity_change", args=[pk]), pk) for pk in received.activities]
        return format_html_join(", ", '<a class="text-primary-600 underline" href="{}">{}</a>', links) or "–"

    def _may(self, request, object_id, **state):
        rows = Received.objects.filter(state__in=[State.WAITING, State.REFUSED], **state)
        may = request.user.has_perm("connectors.settle_received")
        return may and (object_id is None or has_row(rows, object_id))

    def has_reopen_permission(self, request, object_id=None):
        return self._may(request, object_id, body__gt="")

    def has_settle_permission(self, request, object_id=None):
        return self._may(request, object_id)

    @action(description=_("Try again"), url_path="again", permissions=["reopen"], icon="replay")
    def again(self, request, object_id):
        def perform(received, data):
            return _told(operations.try_again(received=received, by=request.user, at=timezone.now()))

        return self._act(request, object_id, _("Try again"), forms.Form, perform)

    @action(description=_("Give to a member"), url_path="give", permissions=["reopen"], icon="person_add")
    def give(self, request, object_id):
        def perform(received, data):
            given = operations.give_to(received=received, member=data["member"], by=request.user, at=timezone.now())
            return _told(given)

        return self._act(request, object_id, _("Give to a member"), GiveForm, perform)

    @action(description=_("Pass over"), url_path="pass", permissions=["settle"], icon="do_not_disturb_on")
    def pass_over(self, request, object_id):
        def perform(received, data):
            operations.pass_over(received=received, by=request.user, at=timezone.now())
            return gettext("Passed over.")

        return self._act(request, object_id, _("Pass over"), forms.Form, perform)

    def _act(self, request, object_id, title, form_class, perform):
        refusals = operations.CannotSettle
        return self.act(request, object_id, title=title, form_class=form_class, perform=perform, refusals=refusals)


def _told(received):
    state = received.get_state_display()
    reason = sentences.reason(received.code, received.detail)
    return f"{state}: {reason}" if reason else state
