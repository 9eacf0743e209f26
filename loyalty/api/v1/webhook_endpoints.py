"""Where a partner's own server hears of what happened to its members."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from loyalty.api import own
from loyalty.api.etags import check_match, tagged
from loyalty.api.fields import Flag, Moment, Strict, Text, moment
from loyalty.api.idempotency import moves
from loyalty.api.scopes import Scope
from loyalty.api.v1.events import TYPES
from loyalty.api.views import View, answer
from loyalty.webhooks.models import Endpoint
from loyalty.webhooks.operations import add_endpoint, change_endpoint, rotate_secret, send_test

ADDRESS = "In production https:// and reachable from the internet; elsewhere http:// and loopback will do."


class ChangeBody(Strict):
    name = Text(required=False, max_length=80)
    url = Text(required=False, max_length=300, help_text=ADDRESS)
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES), required=False, max_length=50, help_text="Empty means all."
    )
    is_active = Flag(required=False)


class EndpointBody(Strict):
    program = Text(required=False, max_length=50, help_text="Of which it hears; without it, of all that are yours.")
    name = Text(max_length=80)
    url = Text(max_length=300, help_text=ADDRESS)
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES), required=False, max_length=50, help_text="Empty means all."
    )


class EndpointAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    program = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    created_at = Moment()


class EndpointsAnswer(serializers.Serializer):
    results = EndpointAnswer(many=True)


class SecretAnswer(serializers.Serializer):
    secret = serializers.CharField(help_text="What signatures are checked with.")


class RotatedAnswer(serializers.Serializer):
    previous_until = Moment(help_text="Until when the old secret signs as well.")


class TestedAnswer(serializers.Serializer):
    status = serializers.IntegerField(help_text="Of your server: whatever begins with 2 counts as told.")


class Endpoints(View):
    scopes = {"GET": Scope.WEBHOOKS_READ, "POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(summary="Your endpoints", tags=["webhooks"], responses=EndpointsAnswer)
    def get(self, request):
        rows = endpoints(self.partner).order_by("pk")
        return answer({"results": [represent(row) for row in rows]})

    @extend_schema(summary="Add an endpoint", tags=["webhooks"], request=EndpointBody, responses={201: EndpointAnswer})
    @moves
    def post(self, request):
        """It hears of what happens from now on, signed as Standard Webhooks has it; fetch the secret at its address."""
        asked = self.body(EndpointBody)
        program = own.program_named(self.partner, asked["program"]) if "program" in asked else None
        row = add_endpoint(
            partner=self.partner,
            program=program,
            name=asked["name"],
            url=asked["url"],
            kinds=asked.get("types", []),
            at=self.at,
            by=None,
        )
        return tagged(request, represent(row), 201, {"Location": reverse("api:webhook-endpoint", args=[row.pk])})


class OneEndpoint(View):
    scopes = {"GET": Scope.WEBHOOKS_READ, "PATCH": Scope.WEBHOOKS_WRITE, "DELETE": Scope.WEBHOOKS_WRITE}

    @extend_schema(summary="One endpoint", tags=["webhooks"], responses={200: EndpointAnswer, 304: None})
    def get(self, request, id):
        return tagged(request, represent(found(self.partner, id)))

    @extend_schema(summary="Change an endpoint", tags=["webhooks"], request=ChangeBody, responses=EndpointAnswer)
    @transaction.atomic
    def patch(self, request, id):
        """Only what is named changes."""
        row = found(self.partner, id, to_change=True)
        check_match(request, represent(row))
        asked = self.body(ChangeBody)
        if "types" in asked:
            asked["kinds"] = asked.pop("types")
        return tagged(request, represent(change_endpoint(endpoint=row, at=self.at, by=None, **asked)))

    patch.needs_match = True

    @extend_schema(summary="Close an endpoint", tags=["webhooks"], request=None, responses={204: None})
    def delete(self, request, id):
        """It hears of nothing any more. What it was told is kept, so it stays in the list, inactive."""
        change_endpoint(endpoint=found(self.partner, id), at=self.at, by=None, is_active=False)
        return Response(status=204)


class Secret(View):
    scopes = {"GET": Scope.WEBHOOKS_WRITE, "POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(summary="The secret", tags=["webhooks"], responses=SecretAnswer)
    def get(self, request, id):
        """It stands in no other answer, because answers are kept for retries."""
        return answer({"secret": found(self.partner, id).secret})

    @extend_schema(summary="Make a new secret", tags=["webhooks"], request=None, responses={201: RotatedAnswer})
    @moves
    def post(self, request, id):
        """For a day both sign, so that your server can change over when it likes."""
        rotate_secret(endpoint=found(self.partner, id), at=self.at, by=None)
        return answer({"previous_until": moment(found(self.partner, id).previous_until)}, 201)


class Test(View):
    scopes = {"POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(summary="Try an endpoint", tags=["webhooks"], request=None, responses=TestedAnswer)
    def post(self, request, id):
        """Sends it an event of the type `test`, signed like any other, and says what your server answered."""
        return answer({"status": send_test(endpoint=found(self.partner, id), at=self.at)})


def endpoints(partner):
    return Endpoint.objects.filter(partner=partner).select_related("program")


def found(partner, id: int, *, to_change: bool = False) -> Endpoint:
    """Raises a 404."""
    rows = endpoints(partner)
    row = (rows.select_for_update(of=("self",)) if to_change else rows).filter(pk=id).first()
    if row is None:
        raise NotFound(_("You have no endpoint of this number."), "endpoint_unknown")
    return row


def represent(row: Endpoint):
    return {
        "id": row.pk,
        "program": row.program.code if row.program else None,
        "name": row.name,
        "url": row.url,
        "types": row.kinds,
        "is_active": row.is_active,
        "created_at": moment(row.created_at),
    }
