"""Nothing but referrals: ten euros for each friend who becomes a buyer, once the goods can no longer be returned."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="refer",
    title=_("Members who bring a new buyer get a voucher; a report says what that brings"),
    program={
        "name": "Refer",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "EUR",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "phone_region": "FR",
        "expiry": "never",
    },
    rewards=[
        {
            "code": "new-buyer",
            "name_en": "€10 for a new buyer",
            "name_fr": "10 € pour un nouvel acheteur",
            "kind": "discount_amount",
            "amount": 1000,
            "voucher_days": 180,
        },
    ],
    referrals=[
        {
            "referrer_points": 0,
            "referrer_reward": "new-buyer",
            "friend_points": 0,
            "friend_when": "first_purchase",
            "minimum_purchase": 0,
            "return_days": 14,
            "buy_within_days": None,
            "cap_month": None,
            "cap_year": None,
            "cap_ever": None,
            "budget": None,
        },
    ],
)
