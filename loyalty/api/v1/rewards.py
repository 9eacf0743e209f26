"""The catalogue: what members can have for their points, as a partner may offer it."""

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.fields import Amount, Moment, Strict, moment, shown
from loyalty.api.problems import Refusal
from loyalty.api.scopes import Scope
from loyalty.api.views import PageQuery, View, answer
from loyalty.programs.models import Program, Store
from rewards.models import Reward


class ProgramQuery(Strict):
    program = serializers.CharField(required=False, max_length=50, help_text="Needed where you take part in several.")


class RewardsQuery(PageQuery, ProgramQuery):
    store = serializers.CharField(required=False, max_length=50, help_text="What this store honours.")


class RewardAnswer(serializers.Serializer):
    program = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField(help_text="In the language that was asked for.")
    description = serializers.CharField()
    kind = serializers.ChoiceField(choices=Reward.Kind.values)
    points = serializers.IntegerField(help_text="The price of one.")
    value = Amount(allow_null=True, help_text="Null where it has no amount, such as a free product.")
    percent = serializers.CharField(allow_null=True)
    product = serializers.CharField(help_text="The number of the article given; empty for other kinds.")
    left = serializers.IntegerField(allow_null=True, help_text="How many are left; null without limit.")
    per_member_limit = serializers.IntegerField(allow_null=True)
    available_from = Moment(allow_null=True)
    available_to = Moment(allow_null=True)
    stores = serializers.ListField(child=serializers.CharField(), help_text="Which honour it; empty for all.")


class RewardsAnswer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RewardAnswer(many=True)


class Rewards(View):
    scopes = {"GET": Scope.REWARDS_READ}
    query = {"GET": RewardsQuery}

    @extend_schema(summary="The catalogue", tags=["rewards"], responses=RewardsAnswer)
    def get(self, request):
        """What points can buy now or later. Rewards that are enjoyed at another partner are not yours to offer."""
        program = own.program_named(self.partner, self.asked.get("program"))
        rewards = on_offer(self.partner, program, self.at)
        if "store" in self.asked:
            store = own.store_named(program, self.asked["store"])
            rewards = rewards.filter(Q(stores=store) | Q(stores__isnull=True)).distinct()
        return self.page(rewards, lambda page: [represent(reward, program) for reward in page])


class OneReward(View):
    scopes = {"GET": Scope.REWARDS_READ}
    query = {"GET": ProgramQuery}

    @extend_schema(summary="One reward", tags=["rewards"], responses=RewardAnswer)
    def get(self, request, code):
        program = own.program_named(self.partner, self.asked.get("program"))
        return answer(represent(reward_named(self.partner, program, code, self.at), program))


def on_offer(partner, program: Program, at):
    rewards = Reward.objects.filter(program=program, is_active=True, points_price__isnull=False)
    rewards = rewards.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    rewards = rewards.exclude(~Q(partner_name__iexact=partner.name), kind=Reward.Kind.PARTNER)
    return rewards.prefetch_related(Prefetch("stores", Store.objects.active().order_by("code")))


def reward_named(partner, program: Program, code: str, at) -> Reward:
    """Raises a 404."""
    reward = on_offer(partner, program, at).filter(code=code).first()
    if reward is None:
        raise Refusal(_("The catalogue has no reward “%(code)s”.") % {"code": code}, "reward_unknown", "reward", 404)
    return reward


def represent(reward: Reward, program: Program):
    is_french = reward.name == reward.name_fr
    return {
        "program": program.code,
        "code": reward.code,
        "name": reward.name,
        "description": reward.description_fr if is_french else reward.description_en,
        "kind": reward.kind,
        "points": reward.points_price,
        "value": shown(reward.voucher_value, program.money_currency),
        "percent": None if reward.percent is None else str(reward.percent),
        "product": reward.product,
        "left": reward.stock,
        "per_member_limit": reward.per_member_limit,
        "available_from": moment(reward.valid_from),
        "available_to": moment(reward.valid_to),
        "stores": [store.code for store in reward.stores.all()],
    }
