"""Somebody new: a name, one way to reach them, what they agree to, and a card in their hands.

Whoever has the e-mail or phone number already is not made twice: a member is opened, a customer of another program is
enrolled as they are. A namesake in the program is for the clerk to judge.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.counter.cards import hand_over
from loyalty.counter.finding import masked, standing
from loyalty.counter.forms import JourneyForm, ScannedField, TextField
from loyalty.counter.journey import CHANNEL, SOURCE, Ask, Done, Journey
from loyalty.counter.models import CounterAction
from loyalty.earning.operations import enrol_member, record_consent
from loyalty.programs.models import Program
from members.duplicates import namesakes
from members.models import Card, Consent, Enrolment, Member
from members.operations import block_card, leave, withdraw_consent
from members.queries import resolve_many
from members.references import CARD_LETTER, MemberRef, as_code, as_email, as_phone

FEW = 3


class EnrolForm(JourneyForm):
    first_name = TextField(label=gettext_lazy("First name"), max_length=80)
    last_name = TextField(label=gettext_lazy("Last name"), required=False, max_length=80)
    contact = TextField(label=gettext_lazy("Mobile number or e-mail"), max_length=254)
    card = ScannedField(
        label=gettext_lazy("Card handed over"),
        required=False,
        help_text=gettext_lazy("Scan it, or leave it empty: the card is then on the phone or on the receipt."),
    )
    referral = ScannedField(label=gettext_lazy("Code of a friend"), required=False)
    terms = forms.BooleanField()
    another = forms.BooleanField(label=gettext_lazy("This is another person"), required=False)

    def __init__(self, data=None, *, till, initial, **kwargs):
        super().__init__(data, till=till, initial=_read(initial, till.program), **kwargs)
        program = till.program
        words = {"program": program.name, "version": program.terms_version}
        self.fields["terms"].label = _("Accepts the terms of %(program)s, version %(version)s.") % words
        for channel, wording in wordings(program).items():
            self.fields[f"consent_{channel}"] = forms.BooleanField(label=wording, required=False)

    @property
    def asks_again(self):
        """Whether a namesake was found, in this answer or in the one before."""
        return self.has_error("another") or bool(self.data.get("another"))

    @property
    def choices_of_consent(self):
        return [self[name] for name in self.fields if name.startswith("consent_")]

    def clean_contact(self):
        typed, region = self.cleaned_data["contact"], self.till.program.phone_region
        contact = as_email(typed) or as_phone(typed, region)
        if not contact:
            raise ValidationError(_("Type a number such as 06 12 34 56 78, or an e-mail such as ana@example.com."))
        if "@" in contact:
            validate_email(contact)
        return contact

    def clean(self):
        data = super().clean()
        data["member"] = known = self._known() if data.get("contact") else None
        if known is None and not self.errors and not data["another"]:
            self._ask_about_namesakes()
        data["consents"] = {
            channel: wording for channel, wording in wordings(self.till.program).items() if data[f"consent_{channel}"]
        }
        return data

    def _known(self) -> Member | None:
        """Whoever has the e-mail or the phone number and is no member here yet."""
        contact, program = self.cleaned_data["contact"], self.till.program
        reference = MemberRef("email" if "@" in contact else "phone", contact)
        pk = resolve_many("", [reference], program.phone_region)[reference]
        if not isinstance(pk, int):
            return None
        found = standing(program, Member.objects.get(pk=pk))
        if found.kind == "member":
            text = _("%(name)s is a member already: find them by this e-mail or number.")
            self.add_error("contact", text % {"name": found.member})
        elif found.kind == "refused":
            self.add_error("contact", found.sentence)
        return found.member

    def _ask_about_namesakes(self):
        names = {name: self.cleaned_data[name] for name in ("first_name", "last_name")}
        here = Enrolment.objects.filter(program=self.till.program, status=Enrolment.Status.ACTIVE)
        alike = namesakes(**names).filter(pk__in=here.values("member"))[:FEW]
        if alike:
            hints = [" ".join([each.name, *each.hints]) for each in map(masked, alike)]
            text = _("There is a member of this name: %(whom)s. Is it the same person?") % {"whom": "; ".join(hints)}
            self.add_error("another", text)


def _read(initial: dict[str, Any], program: Program) -> dict[str, Any]:
    """What was typed into the one field goes where it belongs."""
    typed = initial.pop("typed", "").strip()
    if card := as_code(typed, CARD_LETTER):
        return initial | {"card": card}
    if as_email(typed) or as_phone(typed, program.phone_region):
        return initial | {"contact": typed}
    first_name, _space, last_name = typed.partition(" ")
    return {"first_name": first_name, "last_name": last_name} | initial


def wordings(program: Program) -> dict[str, str]:
    """What the clerk reads out and the member says yes to, by channel, as it is kept."""
    words = {"program": program.name}
    return {
        Consent.Channel.EMAIL.value: _("Agrees to e-mails of %(program)s about points and offers.") % words,
        Consent.Channel.SMS.value: _("Agrees to text messages of %(program)s about points and offers.") % words,
    }


@dataclass(frozen=True, slots=True)
class Enrolling(Journey):
    def needs(self, till, member):
        return Enrolment.objects.none()  # a member is one already

    def perform(self, ask: Ask) -> Done:
        till, data, by_whom = ask.till, ask.data, {"at": ask.at, "by": ask.till.user}
        enrolment = enrol_member(
            program=till.program,
            member=data["member"],
            channel=CHANNEL,
            store=till.store,
            referral=data["referral"],
            **by_whom,
            **({} if data["member"] else _personal(data)),
        )
        member = enrolment.member
        for channel, wording in data["consents"].items():
            record_consent(member=member, channel=channel, source=SOURCE, wording=wording, **by_whom)
        card = hand_over(program=till.program, member=member, typed=data["card"], **by_whom)
        outcome = {"card": card.number, "consents": list(data["consents"]), "was_known": data["member"] is not None}
        return Done(outcome, reference=str(enrolment.pk), member=member)

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        """The membership ends, the card is void, what was agreed to is withdrawn: enrolled again, they come back."""
        card = Card.objects.get(number=action.outcome["card"])
        block_card(card=card, reason=_("Undone at the counter."), at=at, by=by)
        for channel in action.outcome["consents"]:
            withdraw_consent(member=action.member, channel=channel, source=SOURCE, at=at, by=by)
        leave(enrolment=Enrolment.objects.get(pk=action.reference), at=at, by=by)


def _personal(data) -> dict[str, Any]:
    names = {name: data[name] for name in ("first_name", "last_name")}
    return names | {"email" if "@" in data["contact"] else "phone": data["contact"]}


ENROL = Enrolling("enrol", gettext_lazy("Enrol somebody"), EnrolForm, needs_member=False, icon="☺")
