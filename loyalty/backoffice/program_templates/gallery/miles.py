"""Miles by flights and by purchases online; upgrades, award tickets, and the lounge for who flies often."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="miles",
    title=_("Miles by flights and online purchases; upgrades, award tickets, lounge access by tier"),
    program={
        "name": "Miles",
        "currency_name_en": "miles",
        "currency_name_fr": "miles",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
        "expiry": "inactivity",
        "expiry_months": 18,
    },
    rewards=[
        {
            "code": "upgrade",
            "name_en": "Upgrade",
            "name_fr": "Surclassement",
            "kind": "free_upgrade",
            "points_price": 15_000,
        },
        {
            "code": "ticket",
            "name_en": "Award ticket",
            "name_fr": "Billet prime",
            "kind": "free_product",
            "points_price": 25_000,
        },
    ],
    earning_rules=[
        {"code": "flight", "name": "5 miles / $1 of fare", "kind": "flight", "points": 5, "per_amount": 100},
        {
            "code": "online",
            "name": "1 mile / $1 online",
            "kind": "purchase",
            "points": 1,
            "per_amount": 100,
            "channels": ["online", "web"],
        },
    ],
    tiers=[
        {
            "metric": "count",
            "kinds": ["flight"],
            "window": "year",
            "tiers": [
                {
                    "code": "silver",
                    "name_en": "Silver",
                    "name_fr": "Argent",
                    "threshold": 10,
                    "perks_en": "Priority boarding",
                    "perks_fr": "Embarquement prioritaire",
                },
                {
                    "code": "gold",
                    "name_en": "Gold",
                    "name_fr": "Or",
                    "threshold": 25,
                    "multiplier": "1.5",
                    "perks_en": "Lounge access",
                    "perks_fr": "Accès au salon",
                    "priority_support": True,
                },
            ],
        },
    ],
)
