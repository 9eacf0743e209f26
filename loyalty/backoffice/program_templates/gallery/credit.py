"""A part of each purchase comes back as credit that pays at the till."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="credit",
    title=_("Five cents of each dollar as credit for the next purchases"),
    program={
        "name": "Credit",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
        "expiry": "never",
    },
    earning_rules=[
        {
            "code": "credit",
            "name": "5% credit",
            "kind": "purchase",
            "effect": "percentage",
            "factor": 5,
            "currency": "cashback",
        },
    ],
    burn_rules=[{"name": "Credit at the till", "points": 1, "value": 1, "currency": "cashback"}],
)
