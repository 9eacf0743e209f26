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
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from loyalty.api.authentication import ApiKeyAuthentication, HasScope
from loyalty.api.fields import Strict
from loyalty.api.pagination import Pages
from loyalty.api.throttling import KeyThrottle

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
        self.asked = self._checked(self.query.get(request.method, NoQuery), request.query_params.dict())

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
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


def answer(data, status=200, location=None):
    return Response(data, status=status, headers={"Location": location} if location else None)


def _length(request):
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise ParseError from error
