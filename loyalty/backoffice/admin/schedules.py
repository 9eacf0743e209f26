"""When background work starts by itself: the tables of django-celery-beat."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_celery_beat import admin as celery_beat
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from loyalty.jobs import registry
from loyalty.lib.admin import ModelAdmin

admin.site.unregister([ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule])

KINDS_OF_SCHEDULE = ["interval", "crontab", "solar", "clocked"]


class TaskSelect(UnfoldAdminSelectWidget, celery_beat.TaskSelectWidget):
    pass


class PeriodicTaskForm(celery_beat.PeriodicTaskForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["regtask"].widget = TaskSelect()
        self.fields["task"].widget = UnfoldAdminTextInputWidget()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(celery_beat.PeriodicTaskAdmin, ModelAdmin):
    form = PeriodicTaskForm
    # The package's own template carries a script in the page, which the content security policy refuses.
    change_form_template = None
    date_hierarchy = None
    list_display = ["title", "enabled", "scheduler", "last_run_at", "one_off"]
    list_filter = ["enabled", "one_off"]
    fieldsets = [
        (None, {"fields": ["name", "regtask", "task", "enabled", "description"]}),
        (_("Schedule"), {"fields": [*KINDS_OF_SCHEDULE, "start_time", "last_run_at", "one_off"]}),
        (_("Arguments"), {"fields": ["args", "kwargs"]}),
        (
            _("Execution Options"),
            {"fields": ["expires", "expire_seconds", "queue", "exchange", "routing_key", "priority", "headers"]},
        ),
    ]
    readonly_fields = ["last_run_at"]

    @admin.display(description=_("job"), ordering="name")
    def title(self, task):
        beat = registry.beats().get(task.name)
        return beat.title if beat else task.name

    def get_actions(self, request):
        return super().get_actions(request) if self.has_change_permission(request) else {}


class PeriodicTaskInline(celery_beat.PeriodicTaskInline, TabularInline):
    fields = readonly_fields = ["name"]


@admin.register(CrontabSchedule, IntervalSchedule, SolarSchedule)
class ScheduleAdmin(ModelAdmin):
    """Without the package's sentence about a crontab, which speaks the language of the server's shell."""

    inlines = [PeriodicTaskInline]


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(celery_beat.ClockedScheduleAdmin, ModelAdmin):
    inlines = [PeriodicTaskInline]
