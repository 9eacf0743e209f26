"""What staff choose when they look at the e-mails, and fill in about a segment."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from campaigns import conditions
from campaigns.models import Occasion, Segment
from loyalty.lib.filtersets import dress
from loyalty.programs.models import Program


class ExampleForm(forms.Form):
    """Which e-mail of which program."""

    program = forms.ModelChoiceField(
        label=_("Program"), queryset=Program.objects.all(), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    occasion = forms.ChoiceField(label=_("Occasion"), choices=Occasion.choices, widget=UnfoldAdminSelectWidget)


class TestForm(ExampleForm):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class SegmentForm(forms.ModelForm, type("ConditionsForm", (forms.Form,), conditions.fields())):
    class Meta:
        model = Segment
        fields = ["program", "name_en", "name_fr", "code", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self._asked():
            dress(self.fields[name])
        self.initial = {**self.instance.conditions, **self.initial}

    def _asked(self):
        return [name for name in conditions.NAMES if name in self.fields]

    def clean(self):
        data = super().clean()
        given = {name: data[name] for name in self._asked() if data.get(name) not in (None, "")}
        self.instance.conditions = {name: str(value) for name, value in given.items()}
        if not given and not self.errors:
            self.add_error(None, _("Give one condition at least: everybody needs no segment."))
        return data
