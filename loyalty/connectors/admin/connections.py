"""Connections: where they send, under which secret, what they may do; and whether it works."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.connectors import catalogue, operations
from loyalty.connectors.catalogue import Name
from loyalty.connectors.forms import ConnectionForm
from loyalty.connectors.models import Connection
from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin


@admin.register(Connection)
class ConnectionAdmin(NoDeleteMixin, HistoryAdmin):
    form = ConnectionForm
    list_display = ["name", "connector", "program", "is_active", "received_at", "shown_troubles"]
    list_filter = ["program", "connector", "is_active"]
    list_select_related = ["program"]
    search_fields = ["name"]
    ordering = ["program__name", "name"]
    actions_detail = ["test"]
    readonly_fields = ["shown_url", "received_at"]
    fieldsets = [
        (None, {"fields": ["program", "connector", "name", "is_active"]}),
        (_("What it sends"), {"fields": ["shown_url", "secret", "received_at", "mapping"]}),
        (_("What becomes of it"), {"fields": ["store", "channel", "enrols", "takes_consents"]}),
        (_("Its API"), {"fields": ["api_url", "api_user", "token", "sends_vouchers"]}),
    ]

    def get_queryset(self, request):
        troubled = Count("received", filter=Q(received__state="refused") & ~Q(received__body=""))
        return super().get_queryset(request).annotate(troubles=troubled)

    def get_readonly_fields(self, request, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        return [*fields, "program", "connector"] if obj else fields

    def get_fieldsets(self, request, obj=None):
        """Who may only look needs no fields that are typed and never shown; address and API come after saving."""
        hidden = set() if obj else {"shown_url", "received_at", "api_url", "api_user", "token", "sends_vouchers"}
        if not self._may_edit(request, obj):
            hidden |= {"secret", "token"}
        if obj:
            hidden |= {"mapping"} if obj.connector != Name.GENERIC else set()
            hidden |= {"sends_vouchers"} if obj.connector not in catalogue.SHOPS else set()
            hidden |= {"api_user"} if obj.connector != Name.WOOCOMMERCE else set()
            hidden |= {"api_url", "token"} if obj.connector not in catalogue.ASKS else set()
        shown = []
        for title, options in super().get_fieldsets(request, obj):
            if fields := [name for name in options["fields"] if name not in hidden]:
                shown.append((title, options | {"fields": fields}))
        return shown

    def get_form(self, request, obj=None, change=False, **kwargs):
        if not self._may_edit(request, obj):
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def _may_edit(self, request, obj):
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def save_model(self, request, obj, form, change):
        typed = {"secret": form.cleaned_data.get("secret", ""), "token": form.cleaned_data.get("token", "")}
        operations.save_connection(connection=obj, **typed, at=timezone.now(), by=request.user)

    @display(description=_("address"))
    def shown_url(self, connection):
        return format_html("<code>{}</code>", connection.url)

    @display(description=_("refused"))
    def shown_troubles(self, connection):
        return connection.troubles or ""

    @action(description=_("Test the connection"), url_path="test", permissions=["change"], icon="network_check")
    def test(self, request, object_id):
        connection = self.get_object(request, object_id)
        if connection is None:
            return redirect("admin:connectors_connection_changelist")
        for answer in operations.check(connection=connection, at=timezone.now()):
            messages.add_message(request, messages.SUCCESS if answer.is_good else messages.WARNING, answer.text)
        return redirect("admin:connectors_connection_change", object_id)
