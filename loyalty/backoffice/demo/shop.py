"""The program of the demonstration, as plain data: a food hall with three stores, a web shop and a partner."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.demo.names import GIFT_CARDS, TOBACCO
from loyalty.backoffice.program_templates import ProgramTemplate
from loyalty.backoffice.program_templates.loading import load
from loyalty.earning.models import EarningRule, Kind
from loyalty.lib.periods import local_date
from loyalty.partners.operations import join_partner
from loyalty.programs.models import Program
from loyalty.programs.operations import create_store
from rewards.models import Reward

STORE, WEB = "store", "web"
STORES = (("croix-rousse", "Croix-Rousse"), ("bellecour", "Bellecour"), ("part-dieu", "Part-Dieu"))
PARTNER = {
    "code": "hotel",
    "name": "Hôtel des Quais",
    "accrual_rate": Decimal("1.5"),
    "redemption_rate": Decimal("0.8"),
}

TEMPLATE = ProgramTemplate(
    code="les-halles",
    title=_("An invented food hall, for the demonstration"),
    program={
        "name": "Les Halles",
        "money_currency": "EUR",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "phone_region": "FR",
        "expiry": Program.Expiry.ROLLING,
        "expiry_months": 12,
        "refund_policy": Program.RefundPolicy.DEBT,
        "excluded_categories": [TOBACCO, GIFT_CARDS],
        "colour": "#7a1f2b",
        "accent_colour": "#e0a030",
    },
    earning_rules=[
        {
            "code": "till",
            "name": "1 point par euro en magasin",
            "points": 1,
            "per_amount": 100,
            "channels": [STORE],
        },
        {
            "code": "web",
            "name": "1 point par euro en ligne, après le délai de retour",
            "points": 1,
            "per_amount": 100,
            "channels": [WEB],
            "activation_delay_days": 14,
        },
        {
            "code": "fresh-double",
            "name": "Points doublés sur les fruits et légumes",
            "effect": EarningRule.Effect.MULTIPLIER,
            "factor": 2,
            "categories": ["fruits-legumes"],
        },
        {
            "code": "cheese",
            "name": "2 points de plus par fromage, le mercredi",
            "effect": EarningRule.Effect.PER_ITEM,
            "points": 2,
            "categories": ["fromagerie"],
            "weekdays": [3],
            "cap_per_day": 10,
        },
        {
            "code": "welcome",
            "name": "20 points de bienvenue",
            "kind": Kind.SIGN_UP,
            "effect": EarningRule.Effect.FIXED,
            "points": 20,
        },
        {
            "code": "birthday",
            "name": "30 points d’anniversaire",
            "kind": Kind.BIRTHDAY,
            "effect": EarningRule.Effect.FIXED,
            "points": 30,
        },
        {
            "code": "review",
            "name": "10 points par avis, un par mois",
            "kind": Kind.REVIEW,
            "effect": EarningRule.Effect.FIXED,
            "points": 10,
            "cap_per_month": 10,
        },
    ],
    burn_rules=[
        {"name": "40 points = 1 € en caisse", "points": 40, "value": 100, "minimum_points": 40, "largest_share": 50},
    ],
    rewards=[
        {
            "code": "coffee",
            "name_fr": "Un café au comptoir",
            "name_en": "A coffee at the counter",
            "kind": Reward.Kind.FREE_PRODUCT,
            "product": "CAFE-COMPTOIR",
            "points_price": 60,
            "voucher_days": 30,
        },
        {
            "code": "discount-10",
            "name_fr": "10 % de remise sur un panier",
            "name_en": "10% off a basket",
            "kind": Reward.Kind.DISCOUNT_PERCENT,
            "percent": 10,
            "points_price": 110,
            "voucher_days": 60,
        },
        {
            "code": "delivery",
            "name_fr": "Une livraison offerte",
            "name_en": "A free delivery",
            "kind": Reward.Kind.FREE_DELIVERY,
            "points_price": 140,
            "voucher_days": 90,
        },
        {
            "code": "tasting",
            "name_fr": "Une soirée de dégustation",
            "name_en": "An evening of tasting",
            "kind": Reward.Kind.EXPERIENCE,
            "points_price": 190,
            "stock": 40,
            "per_member_limit": 1,
        },
    ],
    issuance=[{"points": 300, "value": 1_000, "voucher_days": 60}],
    tiers=[
        {
            "metric": "spend",
            "window": "rolling",
            "months": 12,
            "tiers": [
                {
                    "code": "regular",
                    "name_fr": "Habitué",
                    "name_en": "Regular",
                    "threshold": 200_00,
                    "perks_fr": "Les nouveautés goûtées avant tout le monde",
                    "perks_en": "New products tasted before anybody else",
                },
                {
                    "code": "gourmet",
                    "name_fr": "Gourmet",
                    "name_en": "Gourmet",
                    "threshold": 800_00,
                    "reward": "delivery",
                },
            ],
        },
    ],
    punch_cards=[
        {
            "code": "cheese-board",
            "name_fr": "Carte des fromages",
            "name_en": "Cheese card",
            "punch_on": "item",
            "categories": ["fromagerie"],
            "punches_needed": 10,
            "reward": "coffee",
        },
    ],
    challenges=[
        {
            "code": "four-visits",
            "name_fr": "4 visites dans le mois",
            "name_en": "4 visits in a month",
            "goal": "count",
            "target": 4,
            "period": "month",
            "points": 20,
        },
    ],
    segments=[
        {
            "code": "big-baskets",
            "name_fr": "Grands paniers",
            "name_en": "Big baskets",
            "conditions": {"purchases_min": "20", "spend_min": "500"},
        },
        {
            "code": "away",
            "name_fr": "À reconquérir",
            "name_en": "To win back",
            "conditions": {"quiet_days": "120", "purchases_min": "2"},
        },
    ],
    offers=[
        {
            "code": "come-back",
            "name_fr": "5 € dès 30 €, pour votre retour",
            "name_en": "€5 off from €30, to see you again",
            "discount_code": "RETOUR5",
            "audience_segments": ["away"],
        },
        {
            "code": "christmas-market",
            "name_fr": "Le marché de Noël en avant-première",
            "name_en": "The Christmas market before everybody else",
            "audience_segments": ["big-baskets"],
            "audience_tiers": ["gourmet"],
        },
    ],
    referrals=[{"referrer_points": 100, "friend_points": 50, "friend_when": "first_purchase", "return_days": 14}],
)


@transaction.atomic
def open_shop(*, at: datetime) -> Program:
    """The program with its stores and its partner, as it begins; where it is there already, as it stands."""
    program, is_new = load(TEMPLATE, at=at)
    if is_new:
        for code, name in STORES:
            create_store(program=program, code=code, name=f"Les Halles {name}", at=at, by=None)
        join_partner(program=program, at=at, valid_from=local_date(at, program.tzinfo), **PARTNER)
    return program
