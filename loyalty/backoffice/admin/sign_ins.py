"""Who signed in and who failed to: the tables of django-axes. Deleting an attempt unlocks its user."""

from axes import admin as axes
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from loyalty.lib.admin import ModelAdmin, ViewOnlyMixin

admin.site.unregister([AccessAttempt, AccessLog, AccessFailureLog])


@admin.register(AccessAttempt)
class AccessAttemptAdmin(axes.AccessAttemptAdmin, ModelAdmin):
    list_filter = [axes.IsLockedOutFilter]
    date_hierarchy = None

    @admin.display(description=_("state"))
    def status(self, attempt):
        return super().status(attempt)

    def has_change_permission(self, request, obj=None):
        return False

    def get_actions(self, request):
        return super().get_actions(request) if self.has_delete_permission(request) else {}


@admin.register(AccessLog)
class AccessLogAdmin(ViewOnlyMixin, axes.AccessLogAdmin, ModelAdmin):
    list_filter = []


@admin.register(AccessFailureLog)
class AccessFailureLogAdmin(ViewOnlyMixin, axes.AccessFailureLogAdmin, ModelAdmin):
    list_filter = ["locked_out"]
