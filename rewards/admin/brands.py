"""The statement of a brand that pays for rewards: each number opens the list of what it counts."""

import csv
from io import StringIO
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from loyalty.lib.admin import EXPORT, grouped
from loyalty.lib.money import money_text, to_decimal
from loyalty.lib.spreadsheets import spreadsheet_safe
from loyalty.programs.models import Program
from rewards import statements

COUNTED = "unused,reserved,used,withdrawn"


class BrandForm(forms.Form):
    """Which brand of which program, and which year; the first of each where nothing is asked for."""

    program = forms.ModelChoiceField(Program.objects.none(), label=gettext_lazy("Program"), empty_label=None)
    brand = forms.ChoiceField(label=gettext_lazy("Brand"))
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)

    def __init__(self, asked, at):
        programs = Program.objects.filter(rewards__funded_by__gt="").distinct()
        program = programs.filter(pk=_number(asked.get("program"))).first() or programs.first()
        brands = statements.brands(program=program) if program else []
        brand = asked.get("brand") if asked.get("brand") in brands else next(iter(brands), "")
        years = statements.years(program=program, brand=brand, at=at) if program else [at.year]
        year = _number(asked.get("year")) if _number(asked.get("year")) in years else years[0]
        self.chosen = (program, brand, year)
        super().__init__({"program": program and program.pk, "brand": brand, "year": year})
        self.fields["program"].queryset = programs
        self.fields["brand"].choices = [(name, name) for name in brands]
        self.fields["year"].choices = [(number, str(number)) for number in years]
        for field in self.fields.values():
            field.widget = UnfoldAdminSelectWidget(choices=field.choices)


class BrandsMixin:
    """For the admin of rewards: “statements of brands” above the list."""

    def has_brands_permission(self, request):
        return request.user.has_perm("rewards.view_voucher") and self.has_view_permission(request)

    @action(description=gettext_lazy("Brands’ statements"), url_path="brands", permissions=["brands"], icon="summarize")
    def brands(self, request):
        now = timezone.now()
        form = BrandForm(request.GET, now)
        program, brand, year = form.chosen
        months = statements.brand_statement(program=program, brand=brand, year=year, at=now) if program else []
        may_export = request.user.has_perm(EXPORT)
        if request.GET.get("format") == "csv" and may_export and program:
            return _file(program, brand, year, months)
        context = self.admin_site.each_context(request) | {
            "title": _("Brands’ statements"),
            "opts": self.opts,
            "form": form,
            "brand": brand,
            "rows": [_row(program, brand, month) for month in months],
            "file": may_export and program and f"?{urlencode(form.data | {'format': 'csv'})}",
        }
        return TemplateResponse(request, "admin/rewards/brands.html", context)


def _row(program, brand, month):
    start, end = month.start.isoformat(), month.end.isoformat()
    mine = {"program__id__exact": program.pk, "reward__funded_by": brand}
    issued = mine | {"issued_at__gte": start, "issued_at__lt": end, "state__in": COUNTED}
    used = {"voucher__program__id__exact": program.pk, "voucher__reward__funded_by": brand, "undoing__isnull": "True"}
    used |= {"used_at__gte": start, "used_at__lt": end}
    return {
        "month": _named(month.month),
        "cells": [
            (grouped(month.issued), _list("voucher", issued)),
            (grouped(month.used), _list("voucheruse", used)),
            (money_text(month.value_used, program.money_currency), _list("voucheruse", used)),
            (grouped(month.outstanding), _list("voucher", mine | {"open_at": end})),
        ],
    }


def _file(program, brand, year, months):
    text = StringIO("\ufeff", newline="")
    text.seek(0, 2)
    writer = csv.writer(text)
    heading = [_("Month"), _("Issued"), _("Used"), _("Value used"), _("Currency"), _("Outstanding at the end")]
    writer.writerow([spreadsheet_safe(cell) for cell in [_("Brand"), *heading]])
    for month in months:
        value = to_decimal(month.value_used, program.money_currency)
        row = [brand, f"{month.month:%Y-%m}", month.issued, month.used, value, program.money_currency]
        writer.writerow([spreadsheet_safe(cell) for cell in [*row, month.outstanding]])
    name = f"brand-{program.code}-{year}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _list(table, terms):
    return f"{reverse(f'admin:rewards_{table}_changelist')}?{urlencode(terms)}"


def _named(day):
    return date_format(day, "YEAR_MONTH_FORMAT")


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
