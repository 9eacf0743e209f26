"""Activities: recorded one by one or many at once, rehearsed, read, refunded."""

from functools import wraps

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from loyalty.api import own
from loyalty.api.fields import Strict
from loyalty.api.idempotency import moves
from loyalty.api.own import Known
from loyalty.api.scopes import Scope
from loyalty.api.v1.activity_bodies import ActivityAnswer, ActivityBody, RefundBody, activity_input, minor, represent
from loyalty.api.views import View, answer
from loyalty.challenges.operations import check_code
from loyalty.earning.inputs import ActivityInput, Recorded
from loyalty.earning.models import Activity, Kind
from loyalty.earning.operations import ActivityRefused, MemberRef, record_activity
from members.queries import present


def counts_wrong_codes(method):
    """A refused request is rolled back as a whole; what was guessed counts against guessing all the same."""

    @wraps(method)
    def counting(view, request, *args, **kwargs):
        try:
            return method(view, request, *args, **kwargs)
        except ActivityRefused as refusal:
            if refusal.code == "code_invalid":
                check_code(**view.entered)
            raise

    return counting


class Activities(View):
    scopes = {"POST": Scope.ACTIVITIES_WRITE}

    @extend_schema(
        summary="Record an activity", tags=["activities"], request=ActivityBody, responses={201: ActivityAnswer}
    )
    @counts_wrong_codes
    @moves
    def post(self, request):
        """A purchase, a visit, a review: whatever the program rewards, with what came of it and why.

        `external_id` names it for good: the same again is the same activity, whatever the Idempotency-Key.
        """
        data = _record(self, self.body(ActivityBody))
        return answer(data, 201, reverse("api:activity", args=[data["id"]]))


class Calculate(View):
    scopes = {"POST": Scope.ACTIVITIES_READ}

    @extend_schema(summary="Rehearse an activity", tags=["activities"], request=ActivityBody, responses=ActivityAnswer)
    @counts_wrong_codes
    @transaction.atomic
    def post(self, request):
        """What recording it would answer. Nothing is kept."""
        data = _record(self, self.body(ActivityBody), is_rehearsal=True)
        transaction.set_rollback(True)
        return answer(data)


class OneActivity(View):
    scopes = {"GET": Scope.ACTIVITIES_READ}

    @extend_schema(summary="One activity", tags=["activities"], responses=ActivityAnswer)
    def get(self, request, id):
        """What came of it then, and how the member stands now."""
        row, known = _found(self.partner, id)
        recorded = Recorded(
            row.pk, known.member_id, row.decision.granted, row.decision.outcomes, also=row.decision.also
        )
        refunds = row.refunds.external_id if row.refunds else None
        return answer(represent(self.partner, known, row, recorded, self.at, refunds=refunds))


class RefundQuery(Strict):
    preview = serializers.BooleanField(required=False, help_text="true tells what would happen, and keeps nothing.")


class Refunds(View):
    scopes = {"POST": Scope.ACTIVITIES_WRITE}
    query = {"POST": RefundQuery}

    @extend_schema(
        summary="Refund an activity",
        tags=["activities"],
        request=RefundBody,
        responses={200: ActivityAnswer, 201: ActivityAnswer},
    )
    def post(self, request, id):
        """Takes back what the activity gave, by what was decided then, in the share that is refunded.

        With `preview=true` the answer is 200, nothing is kept, and no Idempotency-Key is needed.
        """
        return self._preview(id) if self.asked.get("preview") else self._refund(request, id)

    @moves
    def _refund(self, request, id):
        data = self._recorded(id)
        return answer(data, 201, reverse("api:activity", args=[data["id"]]))

    @transaction.atomic
    def _preview(self, id):
        data = self._recorded(id, is_rehearsal=True)
        transaction.set_rollback(True)
        return answer(data)

    def _recorded(self, id, is_rehearsal=False):
        asked = self.body(RefundBody)
        purchase, known = _found(self.partner, id)
        refund = ActivityInput(
            external_id=asked["external_id"],
            member=MemberRef("id", str(known.member_id)),
            kind=Kind.REFUND.value,
            occurred_at=asked.get("occurred_at") or self._moment(purchase, asked["external_id"]),
            amount=minor(asked.get("amount"), known.program.money_currency, "amount"),
            store=asked.get("store", ""),
            refunds=purchase.external_id,
        )
        return _recorded(self, known, refund, is_rehearsal)

    def _moment(self, purchase, external_id):
        """Where none is said, now; of a retry the one that was recorded. Refunds of one purchase take their turns."""
        Activity.objects.select_for_update(no_key=True).get(pk=purchase.pk)
        same = Activity.objects.filter(program=purchase.program_id, source=purchase.source, external_id=external_id)
        return same.values_list("occurred_at", flat=True).first() or self.at

    post.may_be_idempotent = True


def _record(view, asked, is_rehearsal=False):
    program = own.program_named(view.partner, asked.get("program"))
    known = own.whom(view.partner, program, asked["member"], view.at)
    return _recorded(view, known, activity_input(asked, program, known.member_id), is_rehearsal)


def _recorded(view, known, activity, is_rehearsal):
    source = own.source_of(view.partner)
    whose = {"program": known.program, "member_id": known.member_id}
    view.entered = whose | {"code": activity.code, "at": activity.occurred_at}
    recorded = record_activity(program=known.program, source=source, activity=activity, at=view.at)
    if activity.amount is None:  # the refund of the rest: what it came to stands in its row
        activity.amount = Activity.objects.values_list("amount", flat=True).get(pk=recorded.activity_id)
    return represent(
        view.partner, known, activity, recorded, view.at, refunds=activity.refunds or None, is_rehearsal=is_rehearsal
    )


def _found(partner, id):
    """The partner's own activity of this identifier, with whose it is today."""
    code, _colon, external_id = id.partition(":")
    program = own.programs_of(partner).filter(code=code).first()
    rows = Activity.objects.select_related("decision", "refunds")
    row = rows.filter(program=program, source=own.source_of(partner), external_id=external_id).first()
    if program is None or row is None:
        raise NotFound(_("You sent no activity of this identifier."), "activity_unknown")
    person = present([row.member_id])[row.member_id]
    public = own.public_id(partner, program, person)
    if public is None:
        raise NotFound(_("You sent no activity of this identifier."), "activity_unknown")
    return row, Known(program, person, public)
