"""Cash-back that is saved up on the card and paid out as vouchers for purchases."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="cagnotte",
    title=_("A cent per euro saved on the card, paid out each month as a purchase voucher from €10 on"),
    program={
        "name": "Cagnotte",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "EUR",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "phone_region": "FR",
        "expiry": "never",
    },
    earning_rules=[
        {
            "code": "cash-back",
            "name": "1 %",
            "kind": "purchase",
            "effect": "percentage",
            "factor": 1,
            "currency": "cashback",
        },
    ],
    issuance=[{"currency": "cashback", "points": 1, "value": 1, "minimum": 1_000}],
)
