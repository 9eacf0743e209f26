"""The admin's base classes: unfold's look, lists that stay quick on millions of rows, and tables nobody edits.

Nothing here knows a table. A list never counts more than `CappedPaginator.cap` rows; older rows are reached by a
search or a filter. Give a big table's `list_filter` only fields that have choices or an index.
"""

import csv
from hashlib import sha256

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold import admin as unfold_admin
from unfold.views import ChangeList as UnfoldChangeList
from unfold.widgets import UnfoldAdminTextInputWidget

from loyalty.lib.conditions import ConditionsMixin
from loyalty.lib.fields import TextListField
from loyalty.lib.history import ReadableChanges
from loyalty.lib.of_program import OfProgramMixin
from loyalty.lib.spreadsheets import spreadsheet_safe

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


class ChangeList(UnfoldChangeList):
    """Unfold heads a list with its number of rows where not all rows are counted: only a search has “results”."""

    def get_results(self, request):
        super().get_results(request)
        is_narrowed = self.query or self.get_filters_params()
        if not is_narrowed or getattr(self.paginator, "is_capped", False):
            self.full_result_count = self.result_count


class ModelAdmin(ConditionsMixin, OfProgramMixin, unfold_admin.ModelAdmin):
    """Every admin of the project. Without an ordering of its own a list shows the newest rows first."""

    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_filter_submit = True
    warn_unsaved_form = True
    formfield_overrides = {TextListField: {"widget": UnfoldAdminTextInputWidget}}

    def get_changelist(self, request, **kwargs):
        return ChangeList


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
    pass


class ViewOnlyInline(ViewOnlyMixin, unfold_admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request, obj=None):
        """All of them: Django builds the form of an inline even where nobody may change it, numbers included."""
        return self.fields or super().get_readonly_fields(request, obj)


class HistoryAdmin(SimpleHistoryAdmin, ModelAdmin):
    """For models that keep who changed what (`HistoricalRecords`).

    The history is to be read. Going back to an old version would pass by today's checks, and the package lets whoever
    may look do it; nor does it ask whether the row is one that this user may see.
    """

    history_list_per_page = 50

    def history_view(self, request, object_id, extra_context=None):
        self._require_row(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        self._require_row(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _require_row(self, request, object_id):
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404

    def revert_disabled(self, request, obj=None):
        return True

    def get_historical_record_context_helper(self, request, historical_record):
        return ReadableChanges(self.model, historical_record)

    def set_history_delta_changes(self, request, historical_records, *args, **kwargs):
        super().set_history_delta_changes(request, historical_records, *args, **kwargs)
        for record in historical_records:  # the page would show a missing reason as “None”
            record.history_change_reason = record.history_change_reason or ""


class VerbMixin:
    """One verb about one row, from a page with a form: `self.act(...)` in an action of `actions_detail`."""

    def act(self, request, object_id, *, title, form_class, perform, refusals, explanation="", preview=None):
        """Show the form; when it is filled in, call `perform(row, data)` and go back to the row.

        What `perform` returns is told to the user. `refusals` are the exceptions whose text goes on the form;
        `explanation` stands above it. With `preview(row, data)` its lines are shown first, and only the same form sent
        again is performed.
        """
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        sent = (request.POST, request.FILES) if request.FILES else (request.POST if request.method == "POST" else None,)
        form = form_class(*sent)
        form.initial |= request.GET.dict()  # a link may fill in what it knows
        lines, seen = [], ""
        if request.method == "POST" and form.is_valid():
            seen = _fingerprint(form) if preview else ""
            try:
                if preview and request.POST.get("seen") != seen:
                    lines = preview(row, form.cleaned_data)
                else:
                    told = perform(row, form.cleaned_data)
            except refusals as refusal:
                form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
            else:
                if not lines:
                    messages.success(request, told)
                    return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)
        context = self.admin_site.each_context(request)
        context |= {"title": title, "opts": self.opts, "original": row, "form": form, "explanation": explanation}
        context |= {"preview": lines, "seen": seen}
        return TemplateResponse(request, "admin/act.html", context)


def _fingerprint(form):
    """What was previewed: other data would need another preview."""
    return sha256(
        repr([(name, str(form.cleaned_data[name])) for name in sorted(form.cleaned_data)]).encode()
    ).hexdigest()


class StoreScopedMixin:
    """Staff without the right to see all stores see the rows of the stores they work in.

    `store_lookup` is the path from the row to its store, or several of which one is enough. A row without a store is
    head office's alone.
    """

    store_lookup = "store"

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if request.user.has_perm(ALL_STORES):
            return queryset
        paths = [self.store_lookup] if isinstance(self.store_lookup, str) else self.store_lookup
        stores = request.user.stores.all()
        is_own = Q(*((f"{path}__in", stores) for path in paths), _connector=Q.OR)
        # By key: a path over a to-many relation would meet the same row once per store.
        return queryset.filter(pk__in=self.model._default_manager.filter(is_own).order_by().values("pk"))


class MemberSearchMixin:
    """Searches rows by their member, as members themselves are searched: name, number, card, e-mail, phone.

    `member_path` leads from the row to the member's id. The members are found first, so that no big table is read for
    a part of a name. `search_exact` names indexed columns that the whole text may equal.
    """

    member_path = "member_id"
    search_exact = ()
    search_fields = ["member"]
    most_members = 1000

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        members = self.opts.get_field("member").related_model.objects.search(search_term)
        ids = list(members.order_by().values_list("pk", flat=True)[: self.most_members])
        found = Q(**{f"{self.member_path}__in": ids})
        for column in self.search_exact:
            found |= Q(**{column: search_term.strip()})
        return queryset.filter(found), False


def fold_empty(fieldsets, row):
    """The sections of a form; those of class "collapse" stand open once the row fills one of their columns."""
    return [(title, options | _opened(options, row)) for title, options in fieldsets]


def _opened(options, row):
    return {"classes": []} if any(_is_filled(row, name) for name in options["fields"]) else {}


def _is_filled(row, name):
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    value = getattr(row, name)
    return value.exists() if field.many_to_many else value != field.get_default()


def has_row(queryset, key):
    """Whether the queryset holds the row that an address names by this key, which may be any text."""
    try:
        return queryset.filter(pk=key).exists()
    except (TypeError, ValueError, ValidationError):
        return False


def grouped(number):
    """The number with its thousands apart, as the reader's language writes it."""
    return "–" if number is None else number_format(number, use_l10n=True, force_grouping=True)


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
