"""The schema says of every operation what the contract says: its scope, its headers, its refusals."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from loyalty.api.fields import Strict
from loyalty.api.idempotency import HEADER
from loyalty.api.models import LONGEST_IDEMPOTENCY_KEY
from loyalty.api.problems import MEDIA_TYPE

REASONS = {
    400: "The request is not understood: the errors say where.",
    401: "No key, or not a valid one.",
    403: "The key lacks the scope, or may not be used from this address.",
    404: "Not there, or not yours.",
    406: "The answer is JSON; the request accepts none.",
    409: "It conflicts with what is there, or a request with the same Idempotency-Key is at work.",
    412: "It was changed since it was read.",
    413: "More than 1 MB.",
    415: "The body is not `application/json`.",
    422: "Understood and refused: `code` says why. Also where the Idempotency-Key came before with another request.",
    428: "If-Match is missing.",
    429: "Too many requests: wait for Retry-After seconds.",
    503: "Too busy: nothing was done, send the same request again.",
}
ALWAYS = (400, 401, 403, 404, 406, 422, 429, 503)
WITH_BODY = (409, 413, 415)
WITH_MATCH = (412, 428)


def undocumented():
    """Classes whose own words say nothing about a body: those that every body is made of."""
    return [*get_lib_doc_excludes(), Strict]


class ProblemError(serializers.Serializer):
    field = serializers.CharField(allow_blank=True, help_text="Where in the body, such as lines.0.quantity.")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """RFC 9457. Programs read `code`; `detail` is for people, in the language that was asked for."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = ProblemError(many=True)
    request_id = serializers.CharField()


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "loyalty.api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word `Api-Key`, a space, and the key: `Authorization: Api-Key abcdefgh.…`",
        }


class PartnerSchema(AutoSchema):
    def get_operation_id(self):
        return f"{self.method.lower()}{type(self.view).__name__}"

    def get_description(self):
        scope = getattr(self.view, "scopes", {}).get(self.method)
        text = super().get_description()
        return f"{text}\n\nScope: `{scope}`." if scope else text

    def get_override_parameters(self):
        own = super().get_override_parameters()
        return [*own, *self._query(), *self._headers()]

    def get_filter_backends(self):
        return []

    def _query(self):
        query = getattr(self.view, "query", {}).get(self.method)
        return [query] if query else []

    def _headers(self):
        if self._says("is_idempotent"):
            yield OpenApiParameter(
                HEADER,
                {"type": "string", "minLength": 1, "maxLength": LONGEST_IDEMPOTENCY_KEY, "pattern": "^[!-~]+$"},
                OpenApiParameter.HEADER,
                required=True,
                description="A name of this request's own: sent again with the same body it gets the same answer.",
            )
        if self._says("needs_match"):
            yield OpenApiParameter(
                "If-Match",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="The ETag of the state that the change is based on.",
            )

    def _says(self, name):
        return getattr(getattr(self.view, self.method.lower(), None), name, False)

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        if not hasattr(self.view, "scopes"):
            return bodies
        schema = self.resolve_serializer(Problem, "response").ref
        for status in self._refusals():
            bodies[str(status)] = {"description": REASONS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        return bodies

    def _refusals(self):
        changes = self.method in ("POST", "PUT", "PATCH", "DELETE")
        return sorted({*ALWAYS, *(WITH_BODY if changes else ()), *(WITH_MATCH if self._says("needs_match") else ())})

    def _postprocess_serializer_schema(self, schema, serializer, direction):
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)
        if isinstance(serializer, Strict):
            schema["additionalProperties"] = False
            schema.update(getattr(serializer, "more_schema", {}))
            for name, field in serializer.fields.items():
                if isinstance(field, serializers.ListSerializer):  # of which the package tells no lengths
                    schema["properties"][name] |= _lengths(field)
        return schema


def _lengths(field):
    known = {"minItems": field.min_length, "maxItems": field.max_length}
    return {name: value for name, value in known.items() if value is not None}
