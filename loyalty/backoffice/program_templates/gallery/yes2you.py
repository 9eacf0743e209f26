"""A point per full dollar, and five dollars for each full hundred points on the first of every month."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="yes2you",
    title=_("1 point per dollar; on the first of each month every 100 points become a voucher of $5"),
    program={
        "name": "Yes2You",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
        "expiry": "rolling",
        "expiry_months": 12,
        "expiry_round_up": "none",
        "refund_policy": "debt",
    },
    earning_rules=[
        {"code": "per-dollar", "name": "1 point / $1", "kind": "purchase", "points": 1, "per_amount": 100},
    ],
    issuance=[{"points": 100, "value": 500}],
)
