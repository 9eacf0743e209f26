"""What every address of the API has in common. An address declares, and does one thing per method:

class Enrolments(View):
    scopes = {"GET": Scope.MEMBERS_READ, "POST": Scope.MEMBERS_WRITE}
    query = {"GET": MemberQuery}

    @extend_schema(summary="Enrol a member", request=Enrolment, responses={201: MemberAnswer})
    @moves
    def post(self, request):
        asked = self.body(Enrolment)
        …
        return Response(answer, status=201)
"""

from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from loyalty.api.authentication import ApiKeyAuthentication, HasScope
from loyalty.api.fields import Strict
from loyalty.api.pagination import Pages
from loyalty.api.problems import Invalid, flat
from loyalty.api.throttling import KeyThrottle

# What a schema cannot say of a text or a moment: whoever keeps to the schema is understood, and refused.
BEYOND_THE_SCHEMA = frozenset(
    ["blank", "unprintable", "unbelievable", "other_address", "null_characters_not_allowed"]
    + ["surrogate_characters_not_allowed"]
)
MOST_BYTES = 1_000_000


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("A request has at most 1 MB.")


class Json(JSONParser):
    """A body that is nested without end is no JSON that anybody can read."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply.")) from error


class NoQuery(Strict):
    pass


class PageQuery(Strict):
    cursor = serializers.CharField(required=False, max_length=500, help_text="From `next` or `previous` of a page.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, help_text="How many at once.")


class View(APIView):
    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [KeyThrottle]
    parser_classes = [Json]
    renderer_classes = [JSONRenderer]
    metadata_class = None
    scopes: ClassVar[dict[str, str]] = {}
    query: ClassVar[dict[str, type[Strict]]] = {}

    def initial(self, request, *args, **kwargs):
        if _length(request) > MOST_BYTES:
            raise TooLarge
        super().initial(request, *args, **kwargs)
        self.at = timezone.now()
        if request.method in self.allowed_methods:  # else it is a 405, whatever it asks
            query = self.query.get(_as_get(request.method), NoQuery)
            asked = request.query_params.dict()
            self.asked = self._checked(query, asked) if asked or query is not NoQuery else {}

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(request, "rate", {}).items():
            response[name] = value
        return response

    @property
    def partner(self):
        return self.request.auth.partner

    def body(self, serializer_class):
        """What the body says, checked. Raises a 400."""
        return self._checked(serializer_class, self.request.data)

    def page(self, queryset, represent, ordering="-pk"):
        """A page of rows; `represent(rows)` makes their answers, all at once."""
        pages = Pages()
        pages.ordering = ordering
        rows = pages.paginate_queryset(queryset, self.request, self)
        return pages.get_paginated_response(represent(rows))

    def _checked(self, serializer_class, data):
        serializer = serializer_class(data=data, context={"view": self})
        if serializer.is_valid():
            return serializer.validated_data
        is_well_written = {error["code"] for error in flat(serializer.errors)} <= BEYOND_THE_SCHEMA
        raise (Invalid if is_well_written else ValidationError)(serializer.errors)


def answer(data, status=200, location=None):
    return Response(data, status=status, headers={"Location": location} if location else None)


def _as_get(method):
    return "GET" if method == "HEAD" else method


def _length(request):
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise ParseError from error
