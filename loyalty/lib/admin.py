"""The admin's base classes: unfold's look, lists that stay quick on millions of rows, and tables nobody edits.

Nothing here knows a table. A list never counts more than `CappedPaginator.cap` rows; older rows are reached by a
search or a filter. Give a big table's `list_filter` only fields that have choices or an index.
"""

import csv
from decimal import Decimal

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold import admin as unfold_admin

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
ALL_STORES = "backoffice.view_all_stores"
EXPORT = "backoffice.export_lists"


class CappedPaginator(Paginator):
    """Counts up to `cap` rows and then says “more than”: an exact count reads the whole table."""

    cap = 10_000
    template_name = "admin/pagination_capped.html"

    @cached_property
    def _counted(self):
        return self.object_list.order_by()[: self.cap + 1].count()

    @property
    def is_capped(self):
        return self._counted > self.cap

    @cached_property
    def count(self):
        return min(self._counted, self.cap)


class ModelAdmin(unfold_admin.ModelAdmin):
    """Every admin of the project. Without an ordering of its own a list shows the newest rows first."""

    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_filter_submit = True
    warn_unsaved_form = True


class NoDeleteMixin:
    """Rows that hold or explain money are never deleted, whoever asks."""

    def has_delete_permission(self, request, obj=None):
        return False


class ViewOnlyMixin(NoDeleteMixin):
    """Nobody adds, changes or deletes; the view permission decides who reads. For admins and inlines."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        opts = self.opts
        return request.user.has_perm(f"{opts.app_label}.view_{opts.model_name}")


class ViewOnlyAdmin(ViewOnlyMixin, ModelAdmin):
    def has_add_permission(self, request):
        return False


class ViewOnlyInline(ViewOnlyMixin, unfold_admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True


class HistoryAdmin(SimpleHistoryAdmin, ModelAdmin):
    """For models that keep who changed what (`HistoricalRecords`)."""

    history_list_per_page = 50


class StoreScopedMixin:
    """Staff without the right to see all stores see the rows of the stores they work in.

    `store_lookup` is the path from the row to its store. A row without a store is nobody's but head office's.
    """

    store_lookup = "store"

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if request.user.has_perm(ALL_STORES):
            return queryset
        stores = request.user.stores.all()
        scoped = queryset.filter(**{f"{self.store_lookup}__in": stores})
        # A path over a to-many relation meets the same row once per store.
        return scoped.distinct() if "__" in self.store_lookup else scoped


def spreadsheet_safe(value):
    """The value as a cell that no spreadsheet takes for a formula. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return value
    text = str(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


class _Echo:
    """A file whose write returns the line, so that a writer feeds a response that streams."""

    def write(self, line):
        return line


def _column(model, path):
    """The heading and the choices of a lookup path such as `member__number`."""
    headings = []
    for name in path.split("__"):
        field = model._meta.get_field(name)
        headings.append(str(field.verbose_name))
        model = field.related_model or model
    return " · ".join(headings), dict(field.flatchoices)


def csv_lines(queryset, paths):
    """The rows of a queryset as CSV lines, heading first, safe for spreadsheets; reads them as they are written."""
    columns = [_column(queryset.model, path) for path in paths]
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([spreadsheet_safe(heading) for heading, _choices in columns])
    for row in queryset.values_list(*paths).iterator(chunk_size=2000):
        labels = [choices for _heading, choices in columns]
        shown = [choice.get(value, value) if choice else value for value, choice in zip(row, labels, strict=True)]
        yield writer.writerow([spreadsheet_safe(value) for value in shown])


class ExportMixin:
    """Adds “export as CSV” for whoever may export. `export_fields` are lookup paths; all columns without it."""

    export_fields = ()

    def get_actions(self, request):
        actions = super().get_actions(request)
        in_popup = IS_POPUP_VAR in request.GET
        if self.actions is not None and not in_popup and self.has_export_permission(request):
            actions["export_csv"] = self.get_action("export_csv")
        return actions

    def has_export_permission(self, request):
        return request.user.has_perm(EXPORT) and self.has_view_permission(request)

    @admin.action(description=_("Export the selected rows as CSV"))
    def export_csv(self, request, queryset):
        paths = self.export_fields or [field.attname for field in self.opts.concrete_fields]
        name = f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}.csv"
        return StreamingHttpResponse(
            csv_lines(queryset, paths),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
