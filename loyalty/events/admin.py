from django.contrib import admin

from loyalty.events.models import Cursor, Event
from loyalty.lib.admin import ViewOnlyAdmin


@admin.register(Event)
class EventAdmin(ViewOnlyAdmin):
    list_display = ["kind", "program_code", "member_id", "occurred_at", "recorded_at", "sequence"]
    list_filter = ["recorded_at"]
    search_fields = ["=member_id", "kind"]
    ordering = ["-id"]


@admin.register(Cursor)
class CursorAdmin(ViewOnlyAdmin):
    list_display = ["consumer", "sequence"]
    ordering = ["consumer"]
