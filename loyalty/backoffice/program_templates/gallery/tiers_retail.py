"""Tiers by what was spent in a year, each with offers of its own on top of those of the lower ones."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="tiers-retail",
    title=_("Tiers by yearly spend, each with exclusive offers on top of the lower ones"),
    program={
        "name": "Electro Circle",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
    },
    rewards=[
        {
            "code": "member-week",
            "name_en": "5% in the members’ week",
            "name_fr": "5 % pendant la semaine des membres",
            "kind": "discount_percent",
            "percent": 5,
        },
        {
            "code": "silver-offer",
            "name_en": "Free delivery for Silver",
            "name_fr": "Livraison offerte pour Silver",
            "kind": "free_delivery",
            "points_price": 1,
            "audience_tiers": ["silver", "gold"],
        },
        {
            "code": "gold-offer",
            "name_en": "10% on accessories for Gold",
            "name_fr": "10 % sur les accessoires pour Gold",
            "kind": "discount_percent",
            "percent": 10,
            "categories": ["accessories"],
            "points_price": 1,
            "audience_tiers": ["gold"],
        },
    ],
    earning_rules=[
        {"code": "per-dollar", "name": "1 point / $1", "kind": "purchase", "points": 1, "per_amount": 100},
    ],
    tiers=[
        {
            "metric": "spend",
            "window": "year",
            "tiers": [
                {"code": "member", "name_en": "Member", "name_fr": "Membre", "threshold": 0},
                {
                    "code": "silver",
                    "name_en": "Silver",
                    "name_fr": "Silver",
                    "threshold": 150_000,
                    "perks_en": "Free delivery",
                    "perks_fr": "Livraison offerte",
                },
                {
                    "code": "gold",
                    "name_en": "Gold",
                    "name_fr": "Gold",
                    "threshold": 350_000,
                    "multiplier": "1.25",
                    "perks_en": "Free delivery\n10% on accessories",
                    "perks_fr": "Livraison offerte\n10 % sur les accessoires",
                    "priority_support": True,
                },
            ],
        },
    ],
)
