"""What staff choose when they look at the e-mails."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from campaigns.models import Occasion
from loyalty.programs.models import Program


class ExampleForm(forms.Form):
    """Which e-mail of which program."""

    program = forms.ModelChoiceField(
        label=_("Program"), queryset=Program.objects.all(), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    occasion = forms.ChoiceField(label=_("Occasion"), choices=Occasion.choices, widget=UnfoldAdminSelectWidget)


class TestForm(ExampleForm):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
