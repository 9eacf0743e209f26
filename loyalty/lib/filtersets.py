"""A django-filter FilterSet as one filter of an admin list, so that admin and API narrow rows in the same way."""

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)


class DayInput(forms.DateInput):
    """The browser's own calendar: a list has none of the admin's scripts for dates."""

    input_type = "date"

    def __init__(self):
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%d")


# By the plain widget of each kind of field; a subclass comes before its base.
WIDGETS = {
    forms.Select: UnfoldAdminSelectWidget,
    forms.DateInput: DayInput,
    forms.NumberInput: UnfoldAdminDecimalFieldWidget,
    forms.TextInput: UnfoldAdminTextInputWidget,
}


class FilterSetListFilter(admin.ListFilter):
    """Shows the form of `filterset_class`, `fields` of it or all. What is typed wrongly matches no row and says so."""

    filterset_class = None
    fields = ()
    template = "unfold/filters/filters_field.html"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.used_parameters = {name: params.pop(name)[-1] for name in self.expected_parameters() if name in params}
        self.filterset = self.filterset_class(
            self.used_parameters, queryset=model._default_manager.all(), request=request
        )
        for name in set(self.filterset.filters) - set(self.expected_parameters()):
            del self.filterset.filters[name]
        for field in self.filterset.form.fields.values():
            dress(field)

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.fields or self.filterset_class.base_filters)

    def queryset(self, request, queryset):
        if not self.used_parameters:
            return queryset
        if not self.filterset.form.is_valid():
            return queryset.none()
        return self.filterset.filter_queryset(queryset)

    def choices(self, changelist):
        yield {"form": self.filterset.form}


def dress(field):
    """Give a plain form field the look of the admin."""
    field.label = capfirst(field.label)
    for plain, dressed in WIDGETS.items():
        if isinstance(field.widget, plain):
            choices = {"choices": field.choices} if hasattr(field, "choices") else {}
            field.widget = dressed(**choices)
            field.widget.is_required = False
            return
