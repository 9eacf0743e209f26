"""Stars for what is paid with a registered card or the app, codes to enter, challenges with bonus stars."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="stars",
    title=_("2 stars per dollar paid with a registered card or the app, codes to enter, bonus-star challenges"),
    program={
        "name": "Stars",
        "currency_name_en": "stars",
        "currency_name_fr": "étoiles",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
        "expiry": "inactivity",
        "expiry_months": 6,
    },
    rewards=[
        {
            "code": "drink",
            "name_en": "Handcrafted drink",
            "name_fr": "Boisson préparée",
            "kind": "free_product",
            "points_price": 150,
        },
        {
            "code": "sandwich",
            "name_en": "Sandwich or salad",
            "name_fr": "Sandwich ou salade",
            "kind": "free_product",
            "points_price": 200,
        },
    ],
    earning_rules=[
        {
            "code": "per-dollar",
            "name": "2 stars / $1",
            "kind": "purchase",
            "points": 2,
            "per_amount": 100,
            "tenders": ["registered_card", "app"],
        },
    ],
    challenges=[
        {
            "code": "three-visits",
            "name_en": "3 visits in a week",
            "name_fr": "3 visites en une semaine",
            "goal": "count",
            "target": 3,
            "period": "week",
            "points": 25,
        },
    ],
    code_batches=[
        {
            "code": "on-pack",
            "name_en": "Codes on packs",
            "name_fr": "Codes sur les paquets",
            "quantity": 1_000,
            "points": 10,
        },
    ],
)
