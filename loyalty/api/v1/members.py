"""Members: enrolled, looked up, changed."""

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.etags import check_match, tagged
from loyalty.api.fields import Prose, Text
from loyalty.api.idempotency import moves
from loyalty.api.problems import Refusal
from loyalty.api.scopes import Scope
from loyalty.api.v1.people import CHANNELS, LANGUAGES, MemberAnswer, Personal, represent
from loyalty.api.views import PageQuery, View
from loyalty.earning.operations import enrol_member
from loyalty.partners.operations import link_member
from members.filters import MemberFilter
from members.models import ExternalId, Member
from members.operations import activate_card, add_external_id, update_member

REFERENCES = ("card", "email", "phone", "external_id")
FILTERS = ("language", "consent", "tier", "plan", "last_activity_from", "last_activity_to")


class Enrolling(Personal):
    program = Text(required=False, max_length=50, help_text="Its code; needed where you take part in several.")
    external_id = Text(required=False, max_length=120, help_text="Your own name for the member.")
    consents = serializers.ListField(child=serializers.ChoiceField(choices=CHANNELS), required=False, max_length=3)
    wording = Prose(required=False, max_length=2000, help_text="The text that the member agreed to.")
    store = Text(required=False, max_length=50)
    channel = Text(required=False, max_length=30, help_text="Such as web, till, app.")
    referral = Text(required=False, max_length=40, help_text="The code of whoever sent them.")
    card = Text(required=False, max_length=40, help_text="The number of a printed card to hand over.")


class Changing(Personal):
    external_id = Text(
        required=False,
        max_length=120,
        help_text="From now on your own name for the member; those of before go on finding them.",
    )


class MemberQuery(PageQuery):
    program = serializers.CharField(required=False, max_length=50)
    card = serializers.CharField(required=False, max_length=40)
    email = serializers.CharField(required=False, max_length=254)
    phone = serializers.CharField(required=False, max_length=40)
    external_id = serializers.CharField(required=False, max_length=120)
    language = serializers.ChoiceField(required=False, choices=LANGUAGES)
    consent = serializers.ChoiceField(required=False, choices=CHANNELS, help_text="Who agreed to it.")
    tier = serializers.CharField(required=False, max_length=50)
    plan = serializers.CharField(required=False, max_length=50)
    last_activity_from = serializers.DateField(required=False)
    last_activity_to = serializers.DateField(required=False)


class MembersAnswer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = MemberAnswer(many=True)


class Members(View):
    scopes = {"GET": Scope.MEMBERS_READ, "POST": Scope.MEMBERS_WRITE}
    query = {"GET": MemberQuery}

    @extend_schema(summary="Look members up", tags=["members"], responses=MembersAnswer)
    def get(self, request):
        """Your members, the newest first; by card, e-mail, phone or your own name for them there is one or none."""
        return self.page(self._found(), lambda links: represent(self.partner, links))

    @extend_schema(summary="Enrol a member", tags=["members"], request=Enrolling, responses={201: MemberAnswer})
    @moves
    def post(self, request):
        """Joining is recorded as an activity, which may earn; so are consents."""
        asked = self.body(Enrolling)
        program = own.program_named(self.partner, asked.pop("program", None))
        card = asked.pop("card", "")
        _check_new(self.partner, asked.get("external_id", ""))
        asked["store"] = own.store_named(program, asked.get("store", ""))
        enrolment = enrol_member(program=program, at=self.at, source=own.names_of(self.partner), **asked)
        if card:
            activate_card(card=own.printed_card(program, card), member=enrolment.member, at=self.at, by=None)
        link = link_member(partner=self.partner, program=program, member=enrolment.member, at=self.at)
        [member] = represent(self.partner, [own.links(self.partner).get(pk=link.pk)])
        return tagged(request, member, status=201, headers={"Location": reverse("api:member", args=[link.public_id])})

    def _found(self):
        links = own.links(self.partner)
        if "program" in self.asked:
            links = links.filter(program=own.program_named(self.partner, self.asked["program"]))
        for kind in REFERENCES:
            if kind in self.asked:
                links = _of(links, own.named_by(self.partner, kind, self.asked[kind]))
        return _of(links, self._narrowed()) if self.asked.keys() & set(FILTERS) else links

    def _narrowed(self):
        """The same conditions as everywhere else in the house."""
        return MemberFilter({name: self.asked[name] for name in ("program", *FILTERS) if name in self.asked}).qs


class OneMember(View):
    scopes = {"GET": Scope.MEMBERS_READ, "PATCH": Scope.MEMBERS_WRITE}

    @extend_schema(summary="One member", tags=["members"], responses={200: MemberAnswer, 304: None})
    def get(self, request, id):
        """The ETag is what a change has to name."""
        return tagged(request, self._shown(id))

    @extend_schema(summary="Change a member", tags=["members"], request=Changing, responses=MemberAnswer)
    @transaction.atomic
    def patch(self, request, id):
        """Only what is named changes."""
        known = own.known(self.partner, id)
        member = Member.objects.select_for_update(no_key=True).get(pk=known.member_id)
        check_match(request, self._shown(id))
        asked = self.body(Changing)
        external_id = asked.pop("external_id", "")
        update_member(member=member, at=self.at, by=None, region=known.program.phone_region, **asked)
        if external_id:
            source = own.names_of(self.partner)
            add_external_id(member=member, source=source, external_id=external_id, at=self.at, by=None)
        return tagged(request, self._shown(id))

    patch.needs_match = True

    def _shown(self, id):
        link = own.link(self.partner, id)
        [member] = represent(self.partner, [link])
        return member


def _check_new(partner, external_id):
    """Said before anything else is found to be taken, because it is the same person who is enrolled again."""
    if ExternalId.objects.filter(source=own.names_of(partner), external_id=external_id.strip()).exists():
        detail = _("You have a member of this name already: look them up by it.")
        raise Refusal(detail, "external_id_taken", "external_id", status_code=409)


def _of(links, members):
    """Links to these members, or to somebody who became one of them."""
    return links.filter(Q(member__in=members) | Q(member__merged_into__in=members))
