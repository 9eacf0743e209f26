"""What staff see of the members' pages: who asked to be forgotten, and when that is done."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from loyalty.lib.admin import ViewOnlyAdmin
from loyalty.portal.models import ErasureRequest


@admin.register(ErasureRequest)
class ErasureRequestAdmin(ViewOnlyAdmin):
    list_display = ["requested_at", "member", "program", "due_at", "withdrawn_at", "done_at"]
    list_select_related = ["member", "program"]
    list_filter = ["program"]
    sortable_by = []
    ordering = ["-requested_at", "-pk"]
    search_fields = ["member__number"]
    search_help_text = _("Number of the member.")
    fields = ["member", "program", "requested_at", "due_at", "withdrawn_at", "done_at"]
