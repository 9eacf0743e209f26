"""The earning rule as a marketing manager fills it in: money with decimals, days instead of moments, names in lists.

The form only translates. What makes sense is said by `soundness`, and what a change does to a used rule by `versions`;
the messages of both come back to the fields.
"""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.earning.models import EarningRule, Kind
from loyalty.earning.values import CAPS
from loyalty.earning.versions import RuleRefused, draft_revision, draft_rule
from loyalty.ledger.currencies import Currency
from loyalty.ledger.forms import figure_field, figure_shown, keep_figures
from loyalty.lib.fields import TextListFormField
from loyalty.lib.money import exponent, to_decimal, to_minor
from loyalty.lib.periods import ONE_DAY, local_date, start_of_day
from loyalty.programs.models import Program, Store
from rewards.models import Reward

INSTANT = timedelta(microseconds=1)
MONEY = ("per_amount", "minimum_amount")
FIGURES = ("points", *CAPS)  # in the rule's own currency
OWN_KIND = "own"
# The form's names of what the rule keeps under another name.
STANDS_FOR = {"own_kind": "kind", "first_day": "valid_from", "last_day": "valid_to"}


KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.REFUND]


def _texts(label: Any, help_text: Any) -> TextListFormField:
    return TextListFormField(label=label, required=False, help_text=help_text, widget=UnfoldAdminTextInputWidget)


def _money(label: Any) -> forms.DecimalField:
    widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})
    help_text = _("In the program’s money.")
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=15, help_text=help_text, widget=widget
    )


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, help_text=help_text, widget=UnfoldAdminSingleDateWidget)


class EarningRuleForm(forms.ModelForm):
    """Adds a rule or changes one; `terms` is what an operation takes. The instance is never written to."""

    kind = forms.ChoiceField(
        label=_("For which activity"),
        initial=Kind.PURCHASE,
        choices=[*KINDS, (OWN_KIND, _("another, of your own"))],
        widget=UnfoldAdminSelectWidget,
    )
    own_kind = forms.SlugField(
        label=_("Your own kind of activity"),
        required=False,
        max_length=30,
        help_text=_("The name under which your systems send it, such as recycling."),
        widget=UnfoldAdminTextInputWidget,
    )
    reward = forms.ModelChoiceField(
        Reward.objects.none(),
        label=_("Reward"),
        required=False,
        help_text=_("The member gets a voucher of it each time; of the catalogue, with or without a price."),
        widget=UnfoldAdminSelectWidget,
    )
    points = figure_field(
        _("How much"),
        required=False,
        help_text=_("For each full amount, each item, or once: 10 points, or 0.50 of cash-back."),
    )
    per_amount = _money(_("For each full amount of"))
    minimum_amount = _money(_("From an amount of"))
    stores = forms.MultipleChoiceField(
        label=_("Stores"),
        required=False,
        help_text=_("None chosen means all."),
        widget=UnfoldAdminSelect2MultipleWidget,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        required=False,
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        help_text=_("None chosen means every day; the store’s calendar counts."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    categories = _texts(_("Categories"), _("Earn only on these, separated by commas, as the tills send them."))
    skus = _texts(_("Articles"), _("Earn only on these article numbers, or on the categories above."))
    excluded_categories = _texts(_("Excluded categories"), _("Besides those that the program excludes."))
    excluded_skus = _texts(_("Excluded articles"), _("Besides those that the program excludes."))
    tenders = _texts(_("Means of payment"), _("Earn only on the part paid with these, such as store_card."))
    channels = _texts(_("Channels"), _("Such as store, web, app; of a consent: email, sms, post. Empty means all."))
    brands = _texts(_("Brands"), _("Empty means all."))
    member_tags = _texts(_("Member’s tags"), _("Only members with one of these tags; empty means everybody."))
    tiers = _texts(_("Tiers"), _("Codes of the tiers whose members it is for, such as gold; empty means all."))
    plans = _texts(_("Plans"), _("Codes of the plans whose subscribers it is for; empty means all."))
    cap_per_activity = figure_field(_("Cap per activity"), required=False)
    cap_per_day = figure_field(_("Cap per member and day"), required=False)
    cap_per_month = figure_field(_("Cap per member and month"), required=False)
    cap_per_member = figure_field(_("Cap per member"), required=False)
    budget = figure_field(_("Budget"), required=False, help_text=_("All members together."))
    first_day = _day(_("First day"), _("Empty: since ever, and a change of a rule in use begins at once."))
    last_day = _day(_("Last day"), _("The last day on which it holds; empty means without end."))

    class Meta:
        model = EarningRule
        fields = ["name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rule = self.instance if self.instance.pk else None
        self._offer_stores(rule)
        self._offer_rewards(rule)
        if rule:
            for name, value in self._as_shown(rule).items():
                self.initial[name] = value
            for name in MONEY:
                self.fields[name].help_text = rule.program.money_currency

    def _offer_stores(self, rule):
        stores = Store.objects.filter(program=rule.program) if rule else Store.objects.select_related("program")
        labels = {store.code: store.name if rule else f"{store.name} ({store.program})" for store in stores}
        # A store that has gone is still shown where a rule names it.
        gone = {code: code for code in (rule.stores if rule else ()) if code not in labels}
        cast(forms.MultipleChoiceField, self.fields["stores"]).choices = [*labels.items(), *gone.items()]

    def _offer_rewards(self, rule):
        rewards = Reward.objects.select_related("program").order_by("program__name", "code")
        field = cast(forms.ModelChoiceField, self.fields["reward"])
        field.queryset = rewards.filter(program=rule.program) if rule else rewards
        if not rule:
            field.label_from_instance = lambda reward: f"{reward} ({reward.program})"  # type: ignore[method-assign]

    def _as_shown(self, rule):
        currency, tz = rule.program.money_currency, rule.program.tzinfo
        own = rule.kind not in dict(KINDS)
        money = {name: getattr(rule, name) for name in MONEY}
        figures = {name: figure_shown(getattr(rule, name), rule.currency, currency) for name in FIGURES}
        return (
            {name: to_decimal(minor, currency) if minor else None for name, minor in money.items()}
            | figures
            | {
                "kind": OWN_KIND if own else rule.kind,
                "own_kind": rule.kind if own else "",
                "reward": rule.reward_id,
                "factor": rule.factor.normalize() if rule.factor is not None else None,
                "first_day": local_date(rule.valid_from, tz) if rule.valid_from else None,
                "last_day": local_date(rule.valid_to - INSTANT, tz) if rule.valid_to else None,
            }
        )

    @property
    def program(self) -> Program | None:
        return self.instance.program if self.instance.pk else self.cleaned_data.get("program")

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("kind") == OWN_KIND:
            data["kind"] = data.get("own_kind")
            if not data["kind"] and "own_kind" not in self.errors:
                self.add_error("own_kind", _("Name the kind of activity."))
        if self.program:
            self._in_minor_units(data, self.program.money_currency)
            keep_figures(self, FIGURES, self._currency(data), self.program.money_currency)
            self._in_moments(data, self.program)
        return data

    def _currency(self, data):
        gives_reward = data.get("effect") == EarningRule.Effect.REWARD
        return Currency.POINTS if gives_reward else data.get("currency", Currency.POINTS)

    def _in_minor_units(self, data, currency):
        for name in MONEY:
            if data.get(name) is None:
                continue
            try:
                data[name] = to_minor(data[name], currency)
            except ValueError:
                message = _("%(currency)s has no more than %(decimals)s decimals.")
                self.add_error(name, str(message) % {"currency": currency, "decimals": exponent(currency)})
        data["minimum_amount"] = data.get("minimum_amount") or 0

    def _in_moments(self, data, program):
        first, last = data.get("first_day"), data.get("last_day")
        data["valid_from"] = start_of_day(first, program.tzinfo) if first else None
        data["valid_to"] = start_of_day(last + ONE_DAY, program.tzinfo) if last else None

    def terms(self) -> dict[str, Any]:
        """What the rule shall say; of a rule that exists only what was changed."""
        filled = self.changed_data if self.instance.pk else self.fields
        names = {STANDS_FOR.get(name, name) for name in filled}
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def _post_clean(self):
        """Instead of filling in the instance, ask for a draft; what is refused comes back to the fields."""
        if self.errors:
            return
        try:
            if self.instance.pk:
                draft_revision(rule=self.instance, changes=self.terms(), at=timezone.now())
            else:
                draft_rule(at=timezone.now(), **self.terms())
        except RuleRefused as refusal:
            self._report(refusal)

    def _report(self, refusal):
        by_term = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal.error_list}
        for term, messages in by_term.items():
            shown = {name for name in self.fields if STANDS_FOR.get(name) == term}
            field = term if term in self.fields else next(iter(shown), None)
            self.add_error(field, messages)
