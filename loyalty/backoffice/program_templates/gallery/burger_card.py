"""A burger restaurant’s card: a free drink after five visits. No points."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="burger-card",
    title=_("A punch card: a free drink after five visits to the burger restaurant"),
    program={
        "name": "Burger Card",
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
            "code": "free-drink",
            "name_en": "Free drink",
            "name_fr": "Boisson offerte",
            "kind": "free_product",
            "product": "DRINK",
        },
    ],
    punch_cards=[
        {
            "code": "five-visits",
            "name_en": "Burger Card",
            "name_fr": "Carte Burger",
            "punch_on": "visit",
            "punches_needed": 5,
            "reward": "free-drink",
        },
    ],
)
