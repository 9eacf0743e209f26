"""Statements as they were issued: every figure opens the lines behind it; the file and the paper to be downloaded."""

from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import ExportMixin, VerbMixin, ViewOnlyAdmin, grouped
from loyalty.lib.csv_files import FileRefused
from loyalty.lib.money import money_text
from loyalty.partners import jobs, operations, papers
from loyalty.partners.forms import FileForm, in_minor_units
from loyalty.partners.models import PartnerLine, Statement

LINES = "admin:partners_partnerline_changelist"
CELL = '<td class="pr-8{}">{{}}</td>'


@admin.register(Statement)
class StatementAdmin(VerbMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["shown_month", "partner", "program", "shown_opening", "shown_total", "shown_closing", "issued_at"]
    list_filter = ["partner", "program"]
    list_select_related = ["partner", "program"]
    ordering = ["-month", "partner"]
    sortable_by = []
    actions_detail = ["as_pdf", "as_csv", "match"]
    fieldsets = [
        (None, {"fields": ["partner", "program", "shown_month", "who_owes", "issued_at", "by", "reason"]}),
        (_("Totals"), {"fields": ["figures"]}),
        (_("Prepaid points"), {"fields": ["shown_prepaid_opening", "shown_prepaid_change", "shown_prepaid_closing"]}),
    ]
    readonly_fields = ["shown_month", "who_owes", "figures"]
    readonly_fields += ["shown_prepaid_opening", "shown_prepaid_change", "shown_prepaid_closing"]
    export_fields = ["partner__code", "program__code", "month", "currency", "opening", "total", "closing"]
    export_fields += ["prepaid_opening", "prepaid_change", "prepaid_closing", "count", "issued_at"]

    @display(description=_("Month"))
    def shown_month(self, statement):
        return date_format(statement.month, "YEAR_MONTH_FORMAT")

    @display(description=_("carried over"))
    def shown_opening(self, statement):
        return money_text(statement.opening, statement.currency)

    @display(description=_("of the month"))
    def shown_total(self, statement):
        return money_text(statement.total, statement.currency)

    @display(description=_("balance"))
    def shown_closing(self, statement):
        return money_text(statement.closing, statement.currency)

    @display(description=_("who owes whom"))
    def who_owes(self, statement):
        return papers.who_owes(statement)

    @display(description=_("lines"))
    def figures(self, statement):
        """A row for each kind of line; the number opens the lines."""
        rows = [
            (label, _opening(link, count), points, amount)
            for (label, count, points, amount), link in zip(papers.summary(statement), _links(statement), strict=True)
        ]
        row = f"<tr>{CELL.format('')}{CELL.format(' text-right') * 3}</tr>"
        return format_html("<table>{}</table>", format_html_join("", row, rows))

    @display(description=_("carried over"))
    def shown_prepaid_opening(self, statement):
        return grouped(statement.prepaid_opening)

    @display(description=_("of the month"))
    def shown_prepaid_change(self, statement):
        return grouped(statement.prepaid_change)

    @display(description=_("points left"))
    def shown_prepaid_closing(self, statement):
        return grouped(statement.prepaid_closing)

    @action(description=_("Download as PDF"), url_path="pdf", permissions=["view"], icon="picture_as_pdf")
    def as_pdf(self, request, object_id):
        statement = self._statement(request, object_id)
        response = HttpResponse(papers.pdf(statement), content_type="application/pdf")
        return _as_file(response, statement, "pdf")

    @action(description=_("Download as CSV"), url_path="csv", permissions=["view"], icon="table_view")
    def as_csv(self, request, object_id):
        statement = self._statement(request, object_id)
        response = StreamingHttpResponse(papers.csv_lines(statement), content_type="text/csv; charset=utf-8")
        return _as_file(response, statement, "csv")

    def has_match_permission(self, request, object_id=None):
        return request.user.has_perm("partners.match_statement")

    @action(description=_("Match the partner’s file"), url_path="match", permissions=["match"], icon="compare_arrows")
    def match(self, request, object_id):
        def perform(statement, data):
            tolerance = {"days": data["days"], "amount": in_minor_units(data["amount"], statement.currency)}
            now = timezone.now()
            upload = operations.keep_file(
                statement=statement, upload=data["file"], at=now, by=request.user, **tolerance
            )
            jobs.start_matching(upload=upload, by=request.user, at=now)
            return gettext("The search for what differs has begun.")

        return self.act(
            request,
            object_id,
            title=_("Match the partner’s file"),
            form_class=FileForm,
            perform=perform,
            refusals=(FileRefused, ValidationError),
        )

    def _statement(self, request, object_id):
        statement = self.get_object(request, object_id)
        if statement is None:
            raise Http404
        return statement


def _opening(link, count):
    return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', link, count) if link else count


def _links(statement):
    """Where each row of the summary leads: the statement's lines of that kind, or all of them."""
    whole = {"statement__exact": statement.pk}
    kinds = [{"kind__exact": kind.value} for kind in PartnerLine.Kind if kind.value in statement.totals]
    queries = [None, *({**whole, **kind} for kind in kinds), whole, None]
    return [f"{reverse(LINES)}?{urlencode(query)}" if query else "" for query in queries]


def _as_file(response, statement, ending):
    name = f"{statement.partner.code}-{statement.program.code}-{statement.month:%Y-%m}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
