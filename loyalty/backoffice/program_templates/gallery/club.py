"""Free membership: offers, discount codes and promotions, and no points."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="club",
    title=_("Free membership: exclusive offers, discount codes and special promotions, no points"),
    program={
        "name": "Club",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "USD",
        "time_zone": "UTC",
        "language": "en",
        "phone_region": "US",
    },
    rewards=[
        {
            "code": "welcome",
            "name_en": "10% off for joining",
            "name_fr": "10 % pour l’adhésion",
            "kind": "discount_percent",
            "percent": 10,
            "voucher_days": 60,
        },
        {
            "code": "birthday",
            "name_en": "20% off for the birthday",
            "name_fr": "20 % pour l’anniversaire",
            "kind": "discount_percent",
            "percent": 20,
            "voucher_days": 30,
        },
        {
            "code": "alerts",
            "name_en": "Free delivery once",
            "name_fr": "Une livraison offerte",
            "kind": "free_delivery",
        },
    ],
    offers=[
        {
            "code": "members-10",
            "name_en": "10% in the shop, with this code",
            "name_fr": "10 % en magasin, avec ce code",
            "discount_code": "CLUB10",
        },
        {
            "code": "late-evening",
            "name_en": "The members’ evening",
            "name_fr": "La nocturne des membres",
            "text_en": "The shop stays open for members until ten on the first Thursday of the month.",
            "text_fr": "Le magasin reste ouvert aux membres jusqu’à 22 heures le premier jeudi du mois.",
        },
    ],
    earning_rules=[
        {"code": "welcome", "name": "Code for joining", "kind": "sign_up", "effect": "reward", "reward": "welcome"},
        {"code": "birthday", "name": "Birthday code", "kind": "birthday", "effect": "reward", "reward": "birthday"},
        {
            "code": "alerts",
            "name": "Code for e-mails",
            "kind": "consent",
            "effect": "reward",
            "reward": "alerts",
            "channels": ["email"],
        },
    ],
)
