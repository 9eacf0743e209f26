"""Segments: members who fit conditions, under a name that offers and rewards can be meant for."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns import conditions, operations
from campaigns.forms import SegmentForm
from campaigns.models import Segment
from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin, grouped


@admin.register(Segment)
class SegmentAdmin(NoDeleteMixin, HistoryAdmin):
    form = SegmentForm
    list_display = ["shown_name", "program", "in_words", "shown_members", "placed_at", "is_active"]
    list_filter = ["program", "is_active"]
    list_select_related = ["program"]
    search_fields = ["code", "name_fr", "name_en"]
    sortable_by = []
    autocomplete_fields = ["program"]
    named = ["program", "name_en", "name_fr", "code", "is_active"]

    def get_fieldsets(self, request, obj=None):
        asks = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [
            (None, {"fields": [*self.named, *(["shown_members", "placed_at"] if obj else [])]}),
            (
                _("Conditions"),
                {
                    "fields": conditions.NAMES if asks else ["in_words"],
                    "description": _("A member belongs who fits all that are filled in; the list follows each night."),
                },
            ),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Its program and its code are what others know it by."""
        return ["shown_members", "placed_at", "in_words", *(["program", "code"] if obj else [])]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name_en"]}

    def save_model(self, request, obj, form, change):
        terms = {name: getattr(obj, name) for name in ("name_en", "name_fr", "conditions", "is_active")}
        at, by = timezone.now(), request.user
        saved = operations.set_segment(program=obj.program, code=obj.code, at=at, by=by, **terms)
        # The admin goes on with the row that it built from the form.
        obj.__dict__.update(saved.__dict__)

    @display(description=_("name"))
    def shown_name(self, segment):
        return segment.name

    @display(description=_("conditions"))
    def in_words(self, segment):
        return conditions.in_words(segment.conditions, segment.program)

    @display(description=_("members"))
    def shown_members(self, segment):
        if segment.members is None:
            return _("being worked out")
        asked = urlencode({"program": segment.program.code, "segment": segment.code})
        address = reverse("admin:members_member_changelist")
        return format_html('<a href="{}?{}">{}</a>', address, asked, grouped(segment.members))
