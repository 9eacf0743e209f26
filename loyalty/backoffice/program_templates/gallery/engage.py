"""Points for what members buy and for what they say: contests, reviews, surveys."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="engage",
    title=_("Points for purchases, contest entries, reviews and surveys; a catalogue and paying with points"),
    program={
        "name": "Engage",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
    },
    rewards=[
        {"code": "mug", "name_en": "Mug", "name_fr": "Tasse", "kind": "free_product", "points_price": 250},
        {
            "code": "discount-5",
            "name_en": "$5 off",
            "name_fr": "5 $ de réduction",
            "kind": "discount_amount",
            "amount": 500,
            "points_price": 400,
        },
        {
            "code": "tour",
            "name_en": "Tour of the workshop",
            "name_fr": "Visite de l’atelier",
            "kind": "experience",
            "points_price": 1_000,
            "stock": 20,
        },
    ],
    earning_rules=[
        {"code": "per-dollar", "name": "1 point / $1", "kind": "purchase", "points": 1, "per_amount": 100},
        {"code": "contest", "name": "Contest entry", "kind": "contest", "effect": "fixed", "points": 10},
        {"code": "review", "name": "Review", "kind": "review", "effect": "fixed", "points": 50, "cap_per_month": 200},
        {"code": "survey", "name": "Survey answer", "kind": "survey", "effect": "fixed", "points": 30},
    ],
    burn_rules=[{"name": "100 points = $1", "points": 100, "value": 100, "largest_share": 50}],
)
