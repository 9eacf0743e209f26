"""Members as bodies name them and as answers show them."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from loyalty.api.fields import Flag, Moment, Prose, Strict, Text, moment
from loyalty.api.own import names_of
from loyalty.partners.models import Partner, PartnerMember
from members.models import Consent, Enrolment, ExternalId
from members.queries import latest_consents

CHANNELS = Consent.Channel.values
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class MemberReference(Strict):
    """Who is meant: exactly one of these."""

    id = serializers.UUIDField(required=False, help_text="By which you know the member.")
    card = Text(required=False, max_length=40, help_text="The number on a card of the program.")
    email = Text(required=False, max_length=254)
    phone = Text(required=False, max_length=40)
    external_id = Text(required=False, max_length=120, help_text="Your own name for the member.")

    default_error_messages = {"one": _("Name the member in exactly one way.")}
    more_schema = {"minProperties": 1, "maxProperties": 1}

    def validate(self, attrs):
        if len(attrs) != 1:
            self.fail("one")
        return {name: str(value) for name, value in attrs.items()}


class Personal(Strict):
    first_name = Text(required=False, max_length=80, allow_blank=True)
    last_name = Text(required=False, max_length=80, allow_blank=True)
    email = Text(required=False, max_length=254, allow_blank=True)
    phone = Text(
        required=False, max_length=40, allow_blank=True, help_text="E.164, or as the program's country writes."
    )
    birth_date = serializers.DateField(required=False, allow_null=True)
    language = serializers.ChoiceField(required=False, choices=LANGUAGES)
    postcode = Text(required=False, max_length=12, allow_blank=True)


class ConsentsAnswer(serializers.Serializer):
    email = serializers.BooleanField()
    sms = serializers.BooleanField()
    post = serializers.BooleanField()


class MemberAnswer(serializers.Serializer):
    id = serializers.UUIDField(help_text="By which you know the member in this program; no other partner has the same.")
    program = serializers.CharField()
    status = serializers.ChoiceField(choices=["active", "blocked", "left"])
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    language = serializers.CharField()
    postcode = serializers.CharField()
    external_id = serializers.CharField(allow_null=True, help_text="Your own name for the member, the latest you gave.")
    tier = serializers.CharField(allow_null=True)
    consents = ConsentsAnswer()
    enrolled_at = Moment(allow_null=True)


class Consenting(Strict):
    channel = serializers.ChoiceField(choices=CHANNELS)
    given = Flag()
    wording = Prose(required=False, max_length=2000, help_text="The text that the member saw.")


def represent(partner: Partner, links: Iterable[PartnerMember]):
    """Members as the partner knows them; a constant number of statements."""
    links = list(links)
    people = {link.pk: link.member.merged_into or link.member for link in links}
    ids = {member.pk for member in people.values()}
    consents = latest_consents(ids)
    names = dict(
        ExternalId.objects.filter(member__in=ids, source=names_of(partner))
        .order_by("pk")  # later ones overwrite: the latest that was given is shown
        .values_list("member", "external_id")
    )
    enrolments = {
        (each.member_id, each.program_id): each
        for each in Enrolment.objects.filter(member__in=ids, program__in={link.program_id for link in links})
    }
    return [
        _member(link, people[link.pk], enrolments.get((people[link.pk].pk, link.program_id)), names, consents)
        for link in links
    ]


def _member(link, member, enrolment, names, consents):
    left = enrolment is None or enrolment.status == Enrolment.Status.LEFT
    return {
        "id": str(link.public_id),
        "program": link.program.code,
        "status": "left" if left else member.status,
        "first_name": member.first_name,
        "last_name": member.last_name,
        "email": member.email,
        "phone": str(member.phone),
        "birth_date": member.birth_date and member.birth_date.isoformat(),
        "language": member.language,
        "postcode": member.postcode,
        "external_id": names.get(member.pk),
        "tier": (enrolment and enrolment.tier) or None,
        "consents": {channel: consents.get((member.pk, channel), False) for channel in CHANNELS},
        "enrolled_at": moment(enrolment and enrolment.enrolled_at),
    }
