"""What was told, what is still to be told, and the dead letters, which can be sent again."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import ViewOnlyAdmin
from loyalty.lib.outbound import REASONS
from loyalty.webhooks import operations
from loyalty.webhooks.models import Delivery

STATE_COLOURS = {"waiting": "info", "delivered": "success", "dead": "danger", "skipped": "warning"}


@admin.register(Delivery)
class DeliveryAdmin(ViewOnlyAdmin):
    list_display = ["created_at", "endpoint", "shown_kind", "shown_state", "attempts", "shown_reason"]
    list_filter = ["state", "endpoint"]
    list_select_related = ["endpoint", "event"]
    sortable_by = []
    actions = ["send_again"]
    readonly_fields = ["shown_kind", "shown_reason"]
    fields = ["endpoint", "shown_kind", "event", "state", "attempts", "shown_reason", "created_at", "due_at"]
    fields += ["settled_at"]

    @display(description=_("event"))
    def shown_kind(self, delivery):
        return delivery.event.kind

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, delivery):
        return delivery.state, delivery.get_state_display()

    @display(description=_("reason"))
    def shown_reason(self, delivery):
        if delivery.status and delivery.state != Delivery.State.DELIVERED:
            return gettext("The other side answered with %(status)s.") % {"status": delivery.status}
        return REASONS.get(delivery.code, delivery.code)

    def has_replay_permission(self, request):
        return request.user.has_perm("webhooks.replay_delivery")

    @admin.action(description=_("Send the selected dead letters again"), permissions=["replay"])
    def send_again(self, request, queryset):
        count = operations.send_again(deliveries=queryset, at=timezone.now(), by=request.user)
        text = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", count)
        messages.add_message(request, messages.SUCCESS if count else messages.WARNING, text % {"count": count})
