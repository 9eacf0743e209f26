"""What managers see of the counter: tills, limits, clerks, and every action, to be read."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.counter import operations
from loyalty.counter.forms_of_managers import LimitsForm
from loyalty.counter.models import ClerkProfile, Conflict, CounterAction, CounterLimits, Device
from loyalty.counter.receipts import told
from loyalty.lib.admin import (
    HistoryAdmin,
    MemberSearchMixin,
    ModelAdmin,
    NoDeleteMixin,
    StoreScopedMixin,
    ViewOnlyAdmin,
)


@admin.register(CounterAction)
class CounterActionAdmin(StoreScopedMixin, MemberSearchMixin, ViewOnlyAdmin):
    list_display = ["at", "journey", "told", "member", "clerk", "store", "device", "supervisor", "undone_at"]
    list_filter = ["journey", ("store", admin.RelatedOnlyFieldListFilter), ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member", "clerk", "store", "device", "supervisor", "program"]
    search_exact = ["receipt"]
    search_help_text = _("Name, number, card, e-mail or phone of the member, or the receipt’s number.")
    sortable_by = []
    date_hierarchy = None
    readonly_fields = ["told"]
    fields = ["at", "journey", "told", "member", "receipt", "by_hand", "clerk", "supervisor", "store", "device"]
    fields += ["arrived_at", "sent_by", "source", "reference", "undone_at", "undone_by"]

    @display(description=_("what came of it"))
    def told(self, action):
        return told(action).title


@admin.register(Conflict)
class ConflictAdmin(StoreScopedMixin, MemberSearchMixin, ViewOnlyAdmin):
    """To be read: managers decide at the counter, where what was typed can be recorded after all."""

    list_display = ["confirmed_at", "journey", "refusal", "member", "clerk", "store", "state", "decided_by"]
    list_filter = ["state", ("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["member", "clerk", "store", "decided_by"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    fields = ["state", "journey", "refusal", "member", "typed", "confirmed_at", "arrived_at", "clerk", "sent_by"]
    fields += ["store", "device", "decided_at", "decided_by", "note"]


@admin.register(Device)
class DeviceAdmin(StoreScopedMixin, NoDeleteMixin, ModelAdmin):
    list_display = ["name", "store", "registered_at", "registered_by", "revoked_at"]
    list_filter = [("store", admin.RelatedOnlyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["store", "registered_by"]
    search_fields = ["name"]
    readonly_fields = ["store", "registered_at", "registered_by", "revoked_at", "revoked_by"]
    actions_detail = ["revoke"]

    def has_add_permission(self, request):
        return False

    def get_actions_detail(self, request, object_id):
        device = self.get_object(request, object_id)
        return super().get_actions_detail(request, object_id) if device and not device.revoked_at else []

    def has_revoke_permission(self, request, object_id=None):
        return request.user.has_perm("counter.change_device")

    @action(description=_("Withdraw this till"), url_path="revoke", permissions=["revoke"], icon="block")
    def revoke(self, request, object_id):
        device = self.get_object(request, object_id)
        if device:
            operations.revoke_device(device=device, at=timezone.now(), by=request.user)
            messages.success(request, _("Withdrawn: nobody works at this till any more."))
        return redirect("admin:counter_device_changelist")


@admin.register(CounterLimits)
class CounterLimitsAdmin(StoreScopedMixin, NoDeleteMixin, HistoryAdmin):
    form = LimitsForm
    list_display = ["__str__", "program", "points_per_day", "stamps_per_day", "undo_seconds", "idle_seconds"]
    list_select_related = ["program", "store"]
    list_filter = ["program"]

    def get_readonly_fields(self, request, obj=None):
        return ["program", "store"] if obj else []


@admin.register(ClerkProfile)
class ClerkProfileAdmin(NoDeleteMixin, ModelAdmin):
    list_display = ["user", "member", "pin_set_at"]
    list_select_related = ["user", "member"]
    search_fields = ["user__username"]
    autocomplete_fields = ["user", "member"]
    readonly_fields = ["pin_set_at", "pin_failures"]
    fields = ["user", "member", "pin_set_at", "pin_failures"]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "user"] if obj else self.readonly_fields
