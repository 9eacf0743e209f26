"""Points by purchase become discounts; special offers, and invitations to events."""

from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.program_templates import ProgramTemplate

TEMPLATE = ProgramTemplate(
    code="culture",
    title=_("1 point per euro, discounts for points, special offers, invitations to events"),
    program={
        "name": "Culture",
        "currency_name_en": "points",
        "currency_name_fr": "points",
        "money_currency": "EUR",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "phone_region": "FR",
    },
    rewards=[
        {
            "code": "discount-5",
            "name_en": "€5 off",
            "name_fr": "5 € de réduction",
            "kind": "discount_amount",
            "amount": 500,
            "points_price": 100,
        },
        {
            "code": "discount-12",
            "name_en": "€12 off",
            "name_fr": "12 € de réduction",
            "kind": "discount_amount",
            "amount": 1_200,
            "points_price": 200,
        },
        {
            "code": "book-week",
            "name_en": "5% on books",
            "name_fr": "5 % sur les livres",
            "kind": "discount_percent",
            "percent": 5,
            "categories": ["books"],
            "points_price": 20,
        },
        {
            "code": "evening",
            "name_en": "Evening with an author",
            "name_fr": "Soirée avec un auteur",
            "kind": "experience",
            "points_price": 300,
            "stock": 50,
        },
    ],
    earning_rules=[
        {"code": "per-euro", "name": "1 point / 1 €", "kind": "purchase", "points": 1, "per_amount": 100},
        {"code": "event", "name": "20 points / événement", "kind": "attendance", "effect": "fixed", "points": 20},
    ],
)
