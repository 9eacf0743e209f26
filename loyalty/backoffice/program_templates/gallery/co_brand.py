"""Two brands, one purse: points are earned with one and spent with the other.

The airline pays for the points that it gives; the hotel is paid for those that it takes, at its till or for a reward.
"""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="co-brand",
    title=_("Earn with one brand, spend with the other"),
    program={
        "name": "Co-brand",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
    },
    rewards=[
        {
            "code": "night",
            "name_en": "Night at the partner’s hotel",
            "name_fr": "Nuit à l’hôtel du partenaire",
            "kind": "partner",
            "partner_name": "Harbour Hotels",
            "points_price": 2_000,
        },
        {
            "code": "credit-10",
            "name_en": "$10 at the partner’s",
            "name_fr": "10 $ chez le partenaire",
            "kind": "partner",
            "partner_name": "Harbour Hotels",
            "points_price": 500,
        },
    ],
    earning_rules=[
        {
            "code": "per-dollar",
            "name": "1 point / $1",
            "kind": "purchase",
            "points": 1,
            "per_amount": 100,
            "brands": ["air"],
        },
    ],
    burn_rules=[{"name": "100 points = $2", "points": 100, "value": 200}],
    partners=[
        {
            "code": "blue-air",
            "name": "Blue Air",
            "valid_from": "2020-01-01",
            "accrual_rate": "1.5",
            "redemption_rate": "0",
            "can_redeem": False,
        },
        {
            "code": "harbour-hotels",
            "name": "Harbour Hotels",
            "valid_from": "2020-01-01",
            "accrual_rate": "1.5",
            "redemption_rate": "1.2",
        },
    ],
)
