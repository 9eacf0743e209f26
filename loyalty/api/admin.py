"""Keys: made, replaced, revoked. The text of a key is the answer to the form that made it, and shown nowhere else."""

from datetime import timedelta

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from rest_framework_api_key.models import APIKey
from unfold.decorators import action, display

from loyalty.api import operations
from loyalty.api.forms import MakeKeyForm, RevokeForm, RotateForm
from loyalty.api.models import ApiKey
from loyalty.lib.admin import HistoryAdmin, VerbMixin, ViewOnlyMixin, has_row
from loyalty.lib.periods import ONE_DAY, start_of_day

admin.site.unregister(APIKey)  # the library's own table, which nothing here uses


@admin.register(ApiKey)
class ApiKeyAdmin(VerbMixin, ViewOnlyMixin, HistoryAdmin):
    list_display = ["name", "partner", "prefix", "shown_state", "environment", "last_used_at", "expiry_date"]
    list_filter = ["partner", "environment", "revoked"]
    list_select_related = ["partner"]
    search_fields = ["name", "prefix", "partner__name", "partner__code"]
    ordering = ["-created"]
    actions_list = ["make"]
    actions_detail = ["rotate", "revoke"]
    fieldsets = [
        (None, {"fields": ["name", "partner", "prefix", "environment", "shown_state", "shown_scopes"]}),
        (_("Limits"), {"fields": ["allowed_networks", "expiry_date", "replaces"]}),
        (_("Times"), {"fields": ["created", "last_used_at"]}),
    ]
    readonly_fields = ["shown_state", "shown_scopes", "prefix", "created", "last_used_at"]

    @display(description=_("state"), label={"ok": "success", "ends": "warning", "over": "danger"})
    def shown_state(self, key):
        if not key.is_usable():
            return "over", pgettext("key", "revoked") if key.revoked else pgettext("key", "expired")
        return ("ends", pgettext("key", "ends")) if key.expiry_date else ("ok", pgettext("key", "in use"))

    @display(description=_("scopes"))
    def shown_scopes(self, key):
        return ", ".join(key.scopes)

    def has_make_permission(self, request):
        return request.user.has_perm("api.add_apikey")

    def has_replace_permission(self, request, object_id=None):
        return request.user.has_perm("api.change_apikey") and has_row(self._in_use(), object_id)

    def _in_use(self):
        return ApiKey.objects.filter(revoked=False)

    @action(description=_("Make a key"), url_path="make", permissions=["make"], icon="add")
    def make(self, request):
        form = MakeKeyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            terms = form.cleaned_data
            last_day = terms.pop("last_day")
            ends = start_of_day(last_day + ONE_DAY, timezone.get_current_timezone()) if last_day else None
            key, text = operations.create_key(**terms, expires_at=ends, at=timezone.now(), by=request.user)
            return self._told(request, key, text)
        return TemplateResponse(request, "admin/act.html", self._context(request, _("Make a key"), form=form))

    @action(description=_("Replace"), url_path="rotate", permissions=["replace"], icon="autorenew")
    def rotate(self, request, object_id):
        key = self.get_object(request, object_id)
        if key is None:
            raise Http404
        form = RotateForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            overlap = timedelta(days=form.cleaned_data["days"])
            try:
                new, text = operations.rotate_key(key=key, at=timezone.now(), by=request.user, overlap=overlap)
            except operations.KeyRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._told(request, new, text)
        context = self._context(request, _("Replace"), form=form, original=key)
        return TemplateResponse(request, "admin/act.html", context)

    @action(description=_("Revoke"), url_path="revoke", permissions=["replace"], icon="block")
    def revoke(self, request, object_id):
        return self.act(
            request,
            object_id,
            title=_("Revoke"),
            form_class=RevokeForm,
            perform=lambda key, _data: self._revoked(key, request.user),
            refusals=operations.KeyRefused,
            explanation=_("The partner’s system can no longer use it, within seconds and for good."),
        )

    def _revoked(self, key, by):
        operations.revoke_key(key=key, at=timezone.now(), by=by)
        return _("The key is revoked.")

    def _told(self, request, key, text):
        context = self._context(request, _("The key"), key=key, text=text)
        return TemplateResponse(request, "admin/api/key.html", context)

    def _context(self, request, title, **more):
        return self.admin_site.each_context(request) | {"title": title, "opts": self.opts} | more
