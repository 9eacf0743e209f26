"""A paid membership: no points, advantages for as long as it is paid."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="prime",
    title=_("$99 a year after a free trial of 30 days: free same-day delivery, films and books; no points"),
    program={
        "name": "Prime",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
    },
    rewards=[
        {
            "code": "delivery",
            "name_en": "Free same-day delivery",
            "name_fr": "Livraison offerte le jour même",
            "kind": "free_delivery",
            "audience_plans": ["prime"],
        },
    ],
    plans=[
        {
            "code": "prime",
            "name_en": "Prime",
            "name_fr": "Prime",
            "every": "year",
            "prices": {"USD": 9_900},
            "trial_days": 30,
            "perks_en": "Free same-day delivery\nFilms\nBooks",
            "perks_fr": "Livraison offerte le jour même\nFilms\nLivres",
        },
    ],
)
