"""Figures of a program. They are of all its members and of nobody in particular."""

from datetime import timedelta

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from analytics.queries import NotAPeriod, as_report, retention
from loyalty.api import own
from loyalty.api.problems import Refusal
from loyalty.api.scopes import Scope
from loyalty.api.v1.rewards import ProgramQuery
from loyalty.api.views import View, answer
from loyalty.lib.periods import Every

LONGEST = timedelta(days=3653)


# Under the names that the command `report retention` has; `from` is no name for a class's body.
RetentionQuery = type(
    "RetentionQuery",
    (ProgramQuery,),
    {
        "from": serializers.DateField(help_text="The first day of a period."),
        "to": serializers.DateField(help_text="The day after the last period."),
        "every": serializers.ChoiceField(choices=[each.value for each in Every], required=False),
    },
)


class PeriodAnswer(serializers.Serializer):
    start = serializers.DateField()
    end = serializers.DateField(help_text="The first day after it.")
    at_start = serializers.IntegerField(help_text="Who bought in the period before.")
    at_end = serializers.IntegerField(help_text="Who bought in this one.")
    new = serializers.IntegerField(help_text="Whose first purchase ever is in it.")
    returned = serializers.IntegerField(help_text="Who bought in both.")
    retention_rate = serializers.FloatField(allow_null=True, help_text="In %: (at_end − new) ÷ at_start.")
    return_rate = serializers.FloatField(allow_null=True, help_text="In %: returned ÷ at_start.")


class RetentionAnswer(serializers.Serializer):
    program = serializers.CharField()
    periods = PeriodAnswer(many=True)


class Retention(View):
    scopes = {"GET": Scope.REPORTS_READ}
    query = {"GET": RetentionQuery}

    @extend_schema(summary="Who stayed, who came, who bought again", tags=["reports"], responses=RetentionAnswer)
    def get(self, request):
        """Period by period; a month where `every` is not named. A rate is null where there was nobody at the start."""
        program = own.program_named(self.partner, self.asked.get("program"))
        first, end, every = self.asked["from"], self.asked["to"], Every(self.asked.get("every", Every.MONTH))
        if end - first > LONGEST:
            raise Refusal(_("A report covers ten years at most."), "too_long", "to")
        try:
            found = retention(program, first, end, every)
        except NotAPeriod as error:
            raise Refusal(str(error), "not_a_period") from error
        return answer({"program": program.code, "periods": as_report(found)})
