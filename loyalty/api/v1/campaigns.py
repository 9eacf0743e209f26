"""What the house tells members by itself, so that a partner does not say it a second time."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from campaigns.models import Occasion
from campaigns.queries import days_before, is_sent
from loyalty.api import own
from loyalty.api.scopes import Scope
from loyalty.api.v1.rewards import ProgramQuery
from loyalty.api.views import View, answer


class CampaignAnswer(serializers.Serializer):
    occasion = serializers.ChoiceField(choices=Occasion.values)
    name = serializers.CharField()
    channel = serializers.ChoiceField(choices=["email"])
    is_sent = serializers.BooleanField(help_text="false where the program has switched it off.")
    days_before = serializers.IntegerField(allow_null=True, help_text="How long before it is due, where that counts.")


class CampaignsAnswer(serializers.Serializer):
    results = CampaignAnswer(many=True)


class Campaigns(View):
    scopes = {"GET": Scope.CAMPAIGNS_READ}
    query = {"GET": ProgramQuery}

    @extend_schema(summary="What members are told by the program", tags=["campaigns"], responses=CampaignsAnswer)
    def get(self, request):
        """Only who agreed to e-mails gets them."""
        program = own.program_named(self.partner, self.asked.get("program"))
        return answer({"results": [represent(program, occasion) for occasion in Occasion]})


def represent(program, occasion: Occasion):
    return {
        "occasion": occasion.value,
        "name": str(occasion.label),
        "channel": "email",
        "is_sent": is_sent(program, occasion),
        "days_before": days_before(program) if occasion == Occasion.POINTS_EXPIRING else None,
    }
