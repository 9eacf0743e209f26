"""Referrals: the code that a member passes on, the friends who came, what they brought."""

from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.fields import Moment, Strict, Text, moment
from loyalty.api.idempotency import moves
from loyalty.api.scopes import Scope
from loyalty.api.v1.people import MemberReference
from loyalty.api.v1.rewards import ProgramQuery
from loyalty.api.views import PageQuery, View, answer
from loyalty.partners.queries import public_ids
from loyalty.referrals.models import Referral
from loyalty.referrals.operations import make_code
from loyalty.referrals.queries import earned_by, link, referrals_of
from members.models import Member

STATES = Referral.State.values


class CodeBody(Strict):
    program = Text(required=False, max_length=50, help_text="Its code; needed where you take part in several.")
    member = MemberReference()


class CodeAnswer(serializers.Serializer):
    member = serializers.UUIDField()
    code = serializers.CharField(help_text="What a friend names on joining or at the first purchase.")
    link = serializers.URLField()


class ReferralsQuery(PageQuery, ProgramQuery):
    member = serializers.UUIDField(required=False, help_text="The friends of this member alone.")


class ReferralAnswer(serializers.Serializer):
    referrer = serializers.UUIDField()
    friend = serializers.UUIDField(allow_null=True, help_text="Null where you do not know the friend.")
    state = serializers.ChoiceField(choices=STATES)
    reason = serializers.CharField(help_text="Why it was refused, held or undone; else what was decided last.")
    joined_at = Moment()
    purchased_at = Moment(allow_null=True)
    rewarded_at = Moment(allow_null=True)


class ReferralsAnswer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ReferralAnswer(many=True)


class EarnedAnswer(serializers.Serializer):
    member = serializers.UUIDField()
    friends = serializers.IntegerField()
    rewarded = serializers.IntegerField()
    points = serializers.IntegerField(help_text="Given for them and not taken back.")
    vouchers = serializers.IntegerField()


class ReferralReportAnswer(serializers.Serializer):
    program = serializers.CharField()
    friends = serializers.IntegerField()
    states = serializers.DictField(child=serializers.IntegerField(), help_text="How many friends stand where.")


class Codes(View):
    scopes = {"POST": Scope.REFERRALS_WRITE}

    @extend_schema(summary="A member's code", tags=["referrals"], request=CodeBody, responses={201: CodeAnswer})
    @moves
    def post(self, request):
        """Made when it is asked for the first time; afterwards the same."""
        asked = self.body(CodeBody)
        program = own.program_named(self.partner, asked.get("program"))
        known = own.whom(self.partner, program, asked["member"], self.at)
        code = make_code(program=program, member_id=known.member_id, at=self.at)
        return answer({"member": str(known.public_id), "code": code.code, "link": link(code)}, 201)


class Referrals(View):
    scopes = {"GET": Scope.REFERRALS_READ}
    query = {"GET": ReferralsQuery}

    @extend_schema(summary="The friends whom your members brought", tags=["referrals"], responses=ReferralsAnswer)
    def get(self, request):
        """The newest first."""
        program, rows = self._rows()
        return self.page(rows, lambda page: represent(self.partner, program, page))

    def _rows(self):
        if "member" not in self.asked:
            program = own.program_named(self.partner, self.asked.get("program"))
            return program, brought(self.partner, program)
        known = own.known(self.partner, self.asked["member"])
        return known.program, referrals_of(known.program, Member(pk=known.member_id))


class OneReferrer(View):
    scopes = {"GET": Scope.REFERRALS_READ}

    @extend_schema(summary="What a member's friends came to", tags=["referrals"], responses=EarnedAnswer)
    def get(self, request, id):
        known = own.known(self.partner, id)
        earned = earned_by(known.program, Member(pk=known.member_id))
        return answer(
            {
                "member": str(known.public_id),
                "friends": earned.friends,
                "rewarded": earned.rewarded,
                "points": earned.points,
                "vouchers": earned.vouchers,
            }
        )


class Report(View):
    scopes = {"GET": Scope.REFERRALS_READ}
    query = {"GET": ProgramQuery}

    @extend_schema(summary="Referrals in figures", tags=["referrals"], responses=ReferralReportAnswer)
    def get(self, request):
        """Of the friends whom your own members brought."""
        program = own.program_named(self.partner, self.asked.get("program"))
        rows = brought(self.partner, program).order_by().values_list("state").annotate(Count("pk"))
        states = dict.fromkeys(STATES, 0) | dict(rows)
        return answer({"program": program.code, "friends": sum(states.values()), "states": states})


def brought(partner, program):
    return Referral.objects.filter(program=program, referrer__in=own.people(partner, program))


def represent(partner, program, rows):
    people = {person for row in rows for person in (row.referrer_id, row.friend_id)}
    names = public_ids(partner=partner, program=program, member_ids=people)
    return [_referral(row, names) for row in rows]


def _referral(row: Referral, names):
    friend = names.get(row.friend_id)
    return {
        "referrer": str(names[row.referrer_id]),
        "friend": str(friend) if friend else None,
        "state": row.state,
        "reason": row.reason,
        "joined_at": moment(row.joined_at),
        "purchased_at": moment(row.purchased_at),
        "rewarded_at": moment(row.rewarded_at),
    }
