"""What staff fill in about tiers: thresholds in money where money is measured, activities by their names."""

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.lib.fields import TextListFormField
from loyalty.lib.forms import reason_field
from loyalty.lib.money import exponent, to_decimal, to_minor
from loyalty.programs.kinds import Kind
from loyalty.tiers.models import Tier, TierMembership, TierProgram
from loyalty.tiers.models.tier import MOST
from loyalty.tiers.operations.defining import descends
from loyalty.tiers.rules import Metric, thresholds_ascend

KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.REFUND]


class TierProgramForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        label=_("Activities that count"), required=False, choices=KINDS, widget=UnfoldAdminSelect2MultipleWidget
    )
    own_kinds = TextListFormField(
        label=_("Activities of your own that count"),
        required=False,
        help_text=_("The names under which your systems send them, separated by commas, such as flight, recycling."),
        widget=UnfoldAdminTextInputWidget,
    )

    # By another name than its column: in the page's script `window` is the browser's.
    measured_over = TierProgram._meta.get_field("window").formfield(widget=UnfoldAdminSelectWidget)

    class Meta:
        model = TierProgram
        fields = ["program", "metric", "months", "soft_landing", "grace_days", "jump"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["measured_over"] = self.instance.window
            known = dict(KINDS)
            self.initial["kinds"] = [kind for kind in self.instance.kinds if kind in known]
            self.initial["own_kinds"] = [kind for kind in self.instance.kinds if kind not in known]

    def clean(self):
        data = super().clean()
        data["kinds"] = [*data.get("kinds", []), *data.get("own_kinds", [])]
        self.instance.window = data.get("measured_over", self.instance.window)
        if self.instance.window != TierProgram.Windows.ROLLING:
            data["months"] = None
        return data


class TierForm(forms.ModelForm):
    """One tier. Its threshold is a number as people write it; the formset knows what it counts."""

    threshold = forms.DecimalField(
        label=_("Threshold"),
        min_value=0,
        max_value=MOST,
        max_digits=15,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        help_text=_("From how much on: money with its decimals, or a whole number of points, visits or activities."),
    )

    class Meta:
        model = Tier
        fields = ["code", "name_en", "name_fr", "multiplier", "perks_en", "perks_fr", "reward", "recurring_reward"]
        fields += ["recurs", "priority_support", "is_active"]
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 2}) for name in ("perks_fr", "perks_en")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            row = self.instance.tier_program
            if row.metric == Metric.SPEND:
                self.initial["threshold"] = to_decimal(self.instance.threshold, row.program.money_currency)
            self.fields["code"].disabled = True  # members have the tier under this name
            self.initial["multiplier"] = self.instance.multiplier.normalize()
        self.was_at = self.instance.threshold

    def _get_validation_exclusions(self):
        """Thresholds may change places in one saving; the formset sees to it that they differ."""
        return super()._get_validation_exclusions() | {"threshold"}

    def clean(self):
        data = super().clean()
        if bool(data.get("recurring_reward")) != bool(data.get("recurs")):
            missing = "recurs" if data.get("recurring_reward") else "recurring_reward"
            self.add_error(missing, _("Choose both the reward and how often it is given, or neither."))
        return data


class TierFormSet(BaseInlineFormSet):
    """The tiers of a program together: from the lowest up, each of them beginning higher than the one before."""

    def clean(self):
        super().clean()
        row: TierProgram = self.instance
        program = getattr(row, "program", None) if row.program_id else None
        if program is None:
            return
        forms_ = [form for form in self.forms if form.has_changed() or form.instance.pk]
        if not forms_:
            raise forms.ValidationError(_("Write at least one tier."))
        for form in forms_:
            self._in_units(form, row.metric, program.money_currency)
            self._of_the_program(form, program)
        sound = [form for form in forms_ if "threshold" in form.cleaned_data and "threshold" not in form.errors]
        standing = sorted((form for form in sound if form.instance.pk), key=lambda form: form.was_at)
        self._ascend(standing)
        self._ascend([form for form in sound if not form.instance.pk])
        self._differ(sound)

    @staticmethod
    def _in_units(form, metric: str, currency: str) -> None:
        value = form.cleaned_data.get("threshold")
        if value is None:
            return
        try:
            units = to_minor(value, currency) if metric == Metric.SPEND else to_minor(value, "JPY")
        except ValueError:
            if metric == Metric.SPEND:
                message = str(_("%(currency)s has no more than %(decimals)s decimals."))
                form.add_error("threshold", message % {"currency": currency, "decimals": exponent(currency)})
            else:
                form.add_error("threshold", _("Write a whole number."))
        else:
            form.cleaned_data["threshold"] = form.instance.threshold = units

    @staticmethod
    def _of_the_program(form, program) -> None:
        for name in ("reward", "recurring_reward"):
            reward = form.cleaned_data.get(name)
            if reward and reward.program_id != program.pk:
                form.add_error(name, _("This reward is another program’s."))

    @staticmethod
    def _ascend(forms_) -> None:
        for place in thresholds_ascend([form.cleaned_data["threshold"] for form in forms_]):
            message = descends(_shown(forms_[place - 1]), _shown(forms_[place]))
            forms_[place].add_error("threshold", message)

    @staticmethod
    def _differ(forms_) -> None:
        seen: dict[Any, Any] = {}
        for form in forms_:
            threshold = form.cleaned_data.get("threshold")
            if threshold in seen and "threshold" not in form.errors:
                text = _("“%(tier)s” begins here already.") % {"tier": _shown(seen[threshold])}
                form.add_error("threshold", text)
            seen.setdefault(threshold, form)


def _shown(form) -> str:
    return form.cleaned_data.get("name_en") and form.instance.name or form.cleaned_data.get("code", "")


class SetTierForm(forms.Form):
    """`choices` are the tiers of the program."""

    tier = forms.ChoiceField(label=_("Tier"), widget=UnfoldAdminSelectWidget)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("The last day; empty means until somebody ends it."),
    )
    reason = reason_field(longest=TierMembership._meta.get_field("note").max_length)

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = choices


class EndTierForm(forms.Form):
    reason = reason_field(longest=TierMembership._meta.get_field("note").max_length)
