"""Eight points per full dollar and for taking part in events; three tiers of a calendar year, each with a reward."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="vipeak",
    title=_("8 points per dollar in shops and online, points for events; three tiers with rewards of $20, $25 and $30"),
    program={
        "name": "VIPeak",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
        "expiry": "never",
    },
    rewards=[
        {
            "code": "reward-20",
            "name_en": "$20 reward",
            "name_fr": "Récompense de 20 $",
            "kind": "discount_amount",
            "amount": 2_000,
        },
        {
            "code": "reward-25",
            "name_en": "$25 reward",
            "name_fr": "Récompense de 25 $",
            "kind": "discount_amount",
            "amount": 2_500,
        },
        {
            "code": "reward-30",
            "name_en": "$30 reward",
            "name_fr": "Récompense de 30 $",
            "kind": "discount_amount",
            "amount": 3_000,
        },
    ],
    earning_rules=[
        {"code": "per-dollar", "name": "8 points / $1", "kind": "purchase", "points": 8, "per_amount": 100},
        {"code": "event", "name": "100 points / event", "kind": "attendance", "effect": "fixed", "points": 100},
    ],
    tiers=[
        {
            "metric": "points",
            "window": "year",
            "tiers": [
                {
                    "code": "basecamp",
                    "name_en": "Basecamp",
                    "name_fr": "Basecamp",
                    "threshold": 2_000,
                    "reward": "reward-20",
                },
                {
                    "code": "halfdome",
                    "name_en": "Halfdome",
                    "name_fr": "Halfdome",
                    "threshold": 3_500,
                    "reward": "reward-25",
                },
                {"code": "summit", "name_en": "Summit", "name_fr": "Summit", "threshold": 5_000, "reward": "reward-30"},
            ],
        },
    ],
)
