"""Points for purchases, and a gift each year for the best members."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="shoes",
    title=_("1 point per dollar, and a yearly gift to the best members"),
    program={
        "name": "Shoes",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
    },
    rewards=[
        {
            "code": "laces",
            "name_en": "$10 off",
            "name_fr": "10 $ de réduction",
            "kind": "discount_amount",
            "amount": 1_000,
            "points_price": 200,
        },
        {
            "code": "gift",
            "name_en": "Gift for the best members",
            "name_fr": "Cadeau pour les meilleurs membres",
            "kind": "free_product",
        },
    ],
    earning_rules=[
        {"code": "per-dollar", "name": "1 point / $1", "kind": "purchase", "points": 1, "per_amount": 100},
    ],
    tiers=[
        {
            "metric": "points",
            "window": "year",
            "tiers": [
                {
                    "code": "best",
                    "name_en": "Best members",
                    "name_fr": "Meilleurs membres",
                    "threshold": 500,
                    "reward": "gift",
                    "recurring_reward": "gift",
                    "recurs": "year",
                },
            ],
        },
    ],
)
