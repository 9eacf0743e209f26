from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.scopes import Scope
from loyalty.api.views import View, answer
from loyalty.earning.queries import channels_asked_for
from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program


class StoreAnswer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()


class ProgramAnswer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    points_name = serializers.CharField(help_text="What the program calls its points, in the language asked for.")
    currency = serializers.CharField(help_text="The money of all its amounts, ISO 4217.")
    time_zone = serializers.CharField()
    currencies = serializers.ListField(child=serializers.CharField(), help_text="What members may hold.")
    stores = StoreAnswer(many=True)
    channels = serializers.ListField(
        child=serializers.CharField(),
        help_text="Words for `channel` that earning rules ask for: such a rule needs one.",
    )
    last_earning_date = serializers.DateField(allow_null=True)
    last_redemption_date = serializers.DateField(allow_null=True)


class ProgramsAnswer(serializers.Serializer):
    results = ProgramAnswer(many=True)


class Programs(View):
    scopes = {"GET": Scope.PROGRAMS_READ}

    @extend_schema(summary="The programs that you take part in", tags=["programs"], responses=ProgramsAnswer)
    def get(self, request):
        """With their open stores."""
        programs = own.programs_of(self.partner).prefetch_related("stores").order_by("code")
        return answer({"results": [represent(program, self.at) for program in programs]})


class OneProgram(View):
    scopes = {"GET": Scope.PROGRAMS_READ}

    @extend_schema(summary="One program", tags=["programs"], responses=ProgramAnswer)
    def get(self, request, code):
        return answer(represent(own.program_named(self.partner, code), self.at))


def represent(program: Program, at):
    return {
        "code": program.code,
        "name": program.name,
        "points_name": program.currency_name,
        "currency": program.money_currency,
        "time_zone": program.time_zone,
        "currencies": Currency.values,
        "stores": [
            {"code": store.code, "name": store.name, "time_zone": store.time_zone or program.time_zone}
            for store in program.stores.all()
            if store.is_active
        ],
        "channels": channels_asked_for(program=program, at=at),
        "last_earning_date": program.last_earning_date,
        "last_redemption_date": program.last_redemption_date,
    }
