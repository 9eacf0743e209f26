"""Points that pay for chosen goods, coupons, and cash-back on purchases, under one number."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="balance",
    title=_("Points to spend on featured products and prescriptions, coupons, and two cents of cash-back per dollar"),
    program={
        "name": "Balance Card",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
    },
    rewards=[
        {
            "code": "coupon-3",
            "name_en": "$3 coupon",
            "name_fr": "Coupon de 3 $",
            "kind": "discount_amount",
            "amount": 300,
            "minimum_basket": 1_500,
            "points_price": 300,
            "voucher_days": 30,
        },
    ],
    earning_rules=[
        {"code": "per-dollar", "name": "1 point / $1", "kind": "purchase", "points": 1, "per_amount": 100},
        {
            "code": "cash-back",
            "name": "2% cash-back",
            "kind": "purchase",
            "effect": "percentage",
            "factor": 2,
            "currency": "cashback",
        },
    ],
    burn_rules=[
        {
            "name": "Featured products and prescriptions",
            "points": 100,
            "value": 100,
            "categories": ["featured", "prescriptions"],
        },
        {"name": "Cash-back at the till", "points": 1, "value": 1, "currency": "cashback"},
    ],
)
