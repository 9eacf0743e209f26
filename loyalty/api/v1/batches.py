"""Many activities at once: set-based, with an answer for each."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from loyalty.api import own
from loyalty.api.fields import Strict, Text
from loyalty.api.idempotency import moves
from loyalty.api.problems import flat
from loyalty.api.schema import ProblemError
from loyalty.api.scopes import Scope
from loyalty.api.v1.activity_bodies import ActivityBody, activity_input
from loyalty.api.views import View, answer
from loyalty.earning.inputs import Recorded, Refused
from loyalty.earning.operations import record_activities

MOST = 1000


class BatchBody(Strict):
    program = Text(required=False, max_length=50)
    activities = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=MOST)


class BatchSchema(Strict):
    program = Text(required=False, max_length=50)
    activities = ActivityBody(many=True, min_length=1, max_length=MOST)


class BatchGrant(serializers.Serializer):
    currency = serializers.CharField()
    points = serializers.IntegerField()


class ItemAnswer(serializers.Serializer):
    index = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["recorded", "duplicate", "refused"])
    id = serializers.CharField(allow_null=True)
    member = serializers.UUIDField(allow_null=True)
    granted = BatchGrant(many=True)
    errors = ProblemError(many=True)


class BatchAnswer(serializers.Serializer):
    results = ItemAnswer(many=True)


class Batch(View):
    scopes = {"POST": Scope.ACTIVITIES_WRITE}

    @extend_schema(
        summary="Record up to 1,000 activities", tags=["activities"], request=BatchSchema, responses=BatchAnswer
    )
    @moves
    def post(self, request):
        """Each item gets its own result, in its place; what is refused leaves the others alone."""
        asked = self.body(BatchBody)
        program = own.program_named(self.partner, asked.get("program"))
        checked = [_checked(item, program) for item in asked["activities"]]
        sound = [item for item in checked if isinstance(item, dict)]
        members = iter(own.whom_all(self.partner, program, [item["member"] for item in sound], self.at))
        found = [next(members) if isinstance(item, dict) else None for item in checked]
        inputs = [_input(item, program, known) for item, known in zip(checked, found, strict=True)]
        answers = iter(
            record_activities(
                program=program,
                source=own.source_of(self.partner),
                activities=[each for each in inputs if not isinstance(each, list)],
                at=self.at,
            )
        )
        results = [
            _refused(index, each) if isinstance(each, list) else _result(index, program, each, known, next(answers))
            for index, (each, known) in enumerate(zip(inputs, found, strict=True))
        ]
        return answer({"results": results})


def _checked(item: Any, program) -> dict[str, Any] | list[dict]:
    """The item, or what is wrong with it."""
    serializer = ActivityBody(data=item)
    if not serializer.is_valid():
        return flat(serializer.errors)
    asked = serializer.validated_data
    if asked.pop("program", program.code) != program.code:
        return [_error("program", "other_program", _("A batch is of one program."))]
    return asked


def _input(item, program, known):
    if isinstance(item, list):
        return item
    if isinstance(known, Refused):
        return [_error(known.field, known.code, known.message)]
    try:
        return activity_input(item, program, known.member_id)
    except ValidationError as error:
        return flat(error.detail)


def _result(index, program, activity, known, recorded: Recorded | Refused):
    if isinstance(recorded, Refused):
        return _refused(index, [_error(recorded.field, recorded.code, recorded.message)])
    sums = {"points": recorded.granted} | recorded.also
    return {
        "index": index,
        "status": "duplicate" if recorded.duplicate else "recorded",
        "id": own.activity_id(program, activity.external_id),
        "member": str(known.public_id),
        "granted": [{"currency": name, "points": points} for name, points in sums.items() if points],
        "errors": [],
    }


def _refused(index, errors):
    return {"index": index, "status": "refused", "id": None, "member": None, "granted": [], "errors": errors}


def _error(field, code, detail):
    return {"field": field, "code": code, "detail": str(detail)}
