"""What happened to a partner's members, for those who fetch where others have a webhook: the same events, once more.

A reader keeps the `next` of the last answer and asks from there. Events are numbered after they were committed, so what
was read is complete: nothing ever appears behind the reader's back.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.fields import Moment, Strict
from loyalty.api.scopes import Scope
from loyalty.api.views import View, answer
from loyalty.events.models import Event
from loyalty.partners.models import PartnerMember
from loyalty.partners.queries import public_ids
from loyalty.webhooks.kinds import KINDS, OURS_ALONE
from loyalty.webhooks.payloads import Told, content, readable
from members.models import Member

TYPES = [kind for kind in KINDS if kind not in OURS_ALONE]
AT_ONCE = 50
WINDOW = 5_000  # events of everybody that one request looks through


class EventsQuery(Strict):
    cursor = serializers.RegexField(r"^[0-9]{1,18}$", required=False, help_text="The `next` of the answer before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, help_text="How many at once.")
    type = serializers.ChoiceField(required=False, choices=TYPES)


class EventAnswer(serializers.Serializer):
    id = serializers.CharField(help_text="The same as a webhook's `webhook-id`.")
    type = serializers.ChoiceField(choices=TYPES)
    timestamp = Moment(help_text="When it happened.")
    data = serializers.DictField(help_text="The program, the member as you know them, and facts of the type.")


class EventsAnswer(serializers.Serializer):
    results = EventAnswer(many=True)
    next = serializers.CharField(help_text="Where to go on, now or later.")
    has_more = serializers.BooleanField(help_text="Whether to ask again at once; even where this page is empty.")


class Events(View):
    scopes = {"GET": Scope.EVENTS_READ}
    query = {"GET": EventsQuery}

    @extend_schema(summary="What happened to your members", tags=["events"], responses=EventsAnswer)
    def get(self, request):
        """In the order in which it was recorded; from the beginning without a `cursor`."""
        after, limit = int(self.asked.get("cursor", 0)), self.asked.get("limit", AT_ONCE)
        newest = Event.objects.aggregate(Max("sequence"))["sequence__max"] or 0
        end = min(after + WINDOW, newest)
        types = [self.asked["type"]] if "type" in self.asked else TYPES
        rows = Event.objects.filter(sequence__gt=after, sequence__lte=end, kind__in=types).order_by("sequence")
        found = list(_of(self.partner, rows)[:limit])
        if len(found) == limit:
            end = found[-1].sequence
        return answer(
            {"results": represent(self.partner, found), "next": str(max(after, end)), "has_more": end < newest}
        )


def _of(partner, events):
    """Those about the partner's own members, whoever they became and whoever became one of them."""
    person = Member.objects.filter(pk=OuterRef("member_id")).values(person=Coalesce("merged_into", "pk"))
    mine = PartnerMember.objects.filter(partner=partner, program__code=OuterRef("program_code"))
    own_link, earlier_link = mine.filter(member=OuterRef("person")), mine.filter(member__merged_into=OuterRef("person"))
    events = events.filter(program_code__in=own.programs_of(partner).values("code"))
    forgotten = Q(member_id=None, payload__partner=partner.pk)
    return events.annotate(person=Subquery(person)).filter(Q(Exists(own_link)) | Q(Exists(earlier_link)) | forgotten)


def represent(partner, events: Iterable[Event]):
    """As the webhooks tell them."""
    names = _names(partner, events)
    return [_event(partner, event, _member(event, names)) for event in events]


def _member(event, names):
    return str(names[event.program_code, event.person]) if event.member_id else event.payload["known_as"]


def _names(partner, events):
    """By program and person, the identifier under which the partner knows them."""
    people = defaultdict(set)
    for event in events:
        if event.member_id:
            people[event.program_code].add(event.person)
    return {
        (program.code, person): public
        for program in own.programs_of(partner).filter(code__in=people)
        for person, public in public_ids(partner=partner, program=program, member_ids=people[program.code]).items()
    }


def _event(partner, event: Event, member: str):
    told = Told(
        message_id=f"evt_{event.pk}",
        kind=event.kind,
        program=event.program_code,
        occurred_at=event.occurred_at,
        payload=readable(event.payload, program=event.program_code, source=own.source_of(partner)),
        member=member,
    )
    return {"id": told.message_id, **content(told)}
