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
    rewards=[
        {
            "code": "birthday-gift",
            "name_en": "Birthday gift of $5",
            "name_fr": "Cadeau d’anniversaire de 5 $",
            "kind": "discount_amount",
            "amount": 500,
            "voucher_days": 30,
        },
        {
            "code": "alerts",
            "name_en": "15% off the next purchase",
            "name_fr": "15 % sur le prochain achat",
            "kind": "discount_percent",
            "percent": 15,
        },
    ],
    earning_rules=[
        {"code": "per-dollar", "name": "1 point / $1", "kind": "purchase", "points": 1, "per_amount": 100},
        {
            "code": "birthday-gift",
            "name": "Birthday gift",
            "kind": "birthday",
            "effect": "reward",
            "reward": "birthday-gift",
        },
        {
            "code": "alerts",
            "name": "15 % · e-mails",
            "kind": "consent",
            "effect": "reward",
            "reward": "alerts",
            "channels": ["email"],
        },
        # A bonus-point event: give it the days of the next one.
        {
            "code": "bonus-event",
            "name": "Bonus-point event",
            "kind": "purchase",
            "effect": "multiplier",
            "factor": 2,
            "valid_from": "2000-01-01T00:00:00Z",
            "valid_to": "2000-01-02T00:00:00Z",
        },
    ],
    issuance=[{"points": 100, "value": 500}],
)
