"""What staff fill in to import a file."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from loyalty.earning.importing.layout import COLUMNS
from loyalty.earning.importing.order import SOURCE
from loyalty.programs.models import Program


class ImportForm(forms.Form):
    program = forms.ModelChoiceField(Program.objects.all(), label=_("Program"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,text/csv"}),
        help_text=format_lazy(_("CSV with commas or semicolons. Columns: {columns}."), columns=", ".join(COLUMNS)),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=50,
        initial="import",
        validators=[RegexValidator(rf"^{SOURCE}\Z", _("Use letters, digits, hyphens and underscores."))],
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Whose identifiers these are. The same file under another source would go in twice."),
    )
    enrol = forms.BooleanField(
        label=_("Enrol members that are not known yet"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    dry_run = forms.BooleanField(
        label=_("Dry run: check everything, write nothing"), required=False, widget=UnfoldBooleanSwitchWidget
    )
