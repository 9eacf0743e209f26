"""Endpoints: whom we tell, of what; a new secret is shown once, and a test goes out at the press of a button."""

import json

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin, VerbMixin
from loyalty.webhooks import operations, queries
from loyalty.webhooks.forms import EndpointForm
from loyalty.webhooks.kinds import KINDS
from loyalty.webhooks.models import Endpoint


@admin.register(Endpoint)
class EndpointAdmin(NoDeleteMixin, VerbMixin, HistoryAdmin):
    form = EndpointForm
    list_display = ["name", "partner", "url", "format", "is_active", "shown_waiting", "shown_dead"]
    list_filter = ["format", "is_active", "partner"]
    list_select_related = ["partner"]
    search_fields = ["name"]
    ordering = ["name"]
    actions_list = ["examples"]
    actions_detail = ["test", "rotate"]
    readonly_fields = ["previous_until"]
    fieldsets = [
        (None, {"fields": ["partner", "program", "name", "url", "format", "key", "is_active"]}),
        (_("What it hears of"), {"fields": ["kinds"]}),
        (_("Secret"), {"fields": ["previous_until"]}),
    ]

    def get_queryset(self, request):
        waiting = Count("deliveries", filter=Q(deliveries__state="waiting"))
        dead = Count("deliveries", filter=Q(deliveries__state="dead"))
        return super().get_queryset(request).annotate(waiting=waiting, dead=dead)

    def get_readonly_fields(self, request, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        return [*fields, "partner", "format"] if obj else fields

    def get_fieldsets(self, request, obj=None):
        """The key only of a tool that gives one out, and only to whoever may change it."""
        hidden = set() if obj and obj.previous_until else {"previous_until"}
        if obj and (obj.format != Endpoint.Format.SEGMENT or not self.has_change_permission(request, obj)):
            hidden.add("key")
        shown = []
        for title, options in super().get_fieldsets(request, obj):
            if fields := [name for name in options["fields"] if name not in hidden]:
                shown.append((title, options | {"fields": fields}))
        return shown

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj and not self.has_change_permission(request, obj):
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request, obj, form, change):
        key = form.cleaned_data.get("key", "")
        if not change:
            values = {name: form.cleaned_data[name] for name in EndpointForm.Meta.fields if name != "is_active"}
            made = operations.add_endpoint(**values, secret=key, at=timezone.now(), by=request.user)
            obj.pk, obj.sealed_secret, obj.created_at = made.pk, made.sealed_secret, made.created_at
            if made.format == Endpoint.Format.STANDARD:
                self._show_once(request, made.secret)
            return
        if key:
            obj.secret = key
        obj._history_user, obj._history_date = request.user, timezone.now()
        obj.save()

    def _show_once(self, request, secret):
        text = gettext("The secret, shown this once: %(secret)s") % {"secret": secret}
        messages.warning(request, text)

    @display(description=_("to be delivered"))
    def shown_waiting(self, endpoint):
        return endpoint.waiting or ""

    @display(description=_("given up"))
    def shown_dead(self, endpoint):
        return endpoint.dead or ""

    @action(description=_("Send a test"), url_path="test", permissions=["change"], icon="send")
    def test(self, request, object_id):
        endpoint = self.get_object(request, object_id)
        if endpoint is None:
            raise Http404
        try:
            status = operations.send_test(endpoint=endpoint, at=timezone.now())
        except operations.WebhookRefused as refusal:
            messages.error(request, str(refusal))
        else:
            level = messages.SUCCESS if 200 <= status < 300 else messages.WARNING
            text = gettext("The other side answered with %(status)s.") % {"status": status}
            messages.add_message(request, level, text)
        return redirect("admin:webhooks_endpoint_change", object_id)

    @action(description=_("Make a new secret"), url_path="rotate", permissions=["change"], icon="key")
    def rotate(self, request, object_id):
        def perform(endpoint, data):
            self._show_once(request, operations.rotate_secret(endpoint=endpoint, at=timezone.now(), by=request.user))
            return gettext("For a day the old secret signs as well.")

        return self.act(
            request,
            object_id,
            title=_("Make a new secret"),
            form_class=forms.Form,
            perform=perform,
            refusals=operations.WebhookRefused,
            explanation=_("What is sent is signed by the new and, for a day, by the old secret."),
        )

    @action(description=_("Look at examples"), url_path="examples", permissions=["view"], icon="data_object")
    def examples(self, request):
        context = self.admin_site.each_context(request)
        shown = [
            (kind, KINDS[kind].title, json.dumps(content, indent=2, default=str))
            for kind, content in queries.examples(at=timezone.now())
        ]
        context |= {"title": _("What is sent"), "opts": self.opts, "examples": shown}
        return TemplateResponse(request, "admin/webhooks/examples.html", context)
