"""Who may do what: the groups that the first migration makes, as plain data.

A role is a Django group. What stands here is where a new installation begins; from then on an administrator edits
the groups, and nothing overwrites them. Deleting is nearly absent: what holds or explains money cannot be deleted by
anybody, whatever the group says (see `loyalty.lib.admin`).
"""

from django.contrib.auth.management import create_permissions
from django.utils.translation import gettext_noop as _

PROGRAM = ["programs.program", "programs.store"]
HOUSEHOLD = ["members.household", "members.householdmember"]
MEMBER = ["members.member", "members.enrolment", "members.card", "members.consent", "members.externalid", *HOUSEHOLD]
LEDGER = [
    "ledger.account",
    "ledger.entry",
    "ledger.lot",
    "ledger.allocation",
    "ledger.postingkey",
    "ledger.transfer",
]
ACTIVITY = ["earning.activity", "earning.activityline", "earning.decision"]
TIERS = ["tiers.tiermembership", "tiers.qualification"]
REFERRALS = ["referrals.referralprogram", "referrals.ambassador"]
RULES = [
    "earning.earningrule",
    "rewards.reward",
    "rewards.burnrule",
    "rewards.issuancerule",
    "tiers.tierprogram",
    "tiers.tier",
    "punchcards.punchcardprogram",
    *REFERRALS,
    "rewards.offer",
    "ledger.transferpolicy",
]
REFERRED = [
    "referrals.referralcode",
    "referrals.referral",
    "referrals.referralstep",
    "referrals.referralgift",
    "referrals.referralrevenue",
]
PUNCHED = ["punchcards.punchcard", "punchcards.punch"]
USED = [
    "rewards.voucher",
    "rewards.voucheruse",
    "rewards.redemption",
    "rewards.issuance",
    "rewards.entitlement",
    "rewards.partnercode",
    "rewards.voucherbatch",
    "rewards.giftcard",
    "rewards.giftcardmovement",
    *TIERS,
    *PUNCHED,
    *REFERRED,
]
BATCHES = ["rewards.voucherbatch"]
CARDS = ["rewards.giftcard"]
TO_TAKE_PART_IN = [
    "challenges.challenge",
    "challenges.badge",
    "challenges.codebatch",
    "challenges.draw",
    "challenges.instantwin",
    "challenges.occasion",
]
TAKING_PART = [
    "challenges.challengeprogress",
    "challenges.challengecompletion",
    "challenges.badgeaward",
    "challenges.entrycode",
    "challenges.codeuse",
    "challenges.drawwin",
    "challenges.instantplay",
    "challenges.invitation",
]
PLANS = ["subscriptions.plan", "subscriptions.planprice"]
PAID = ["subscriptions.subscription", "subscriptions.charge", "subscriptions.chargerefund", "subscriptions.attempt"]
PAID += ["subscriptions.benefitperiod"]
SELL = ["subscriptions.subscription", "subscriptions.charge"]
EMAILS = ["campaigns.emailsetting"]
PARTNERS = ["partners.partner"]
OF_PARTNERS = ["partners.partnermember"]
FIGURES = ["analytics.retentionsnapshot", "analytics.valuesnapshot", "analytics.membervalue"]
SCHEDULES = [
    "django_celery_beat.periodictask",
    "django_celery_beat.crontabschedule",
    "django_celery_beat.intervalschedule",
    "django_celery_beat.clockedschedule",
    "django_celery_beat.solarschedule",
]
SIGN_INS = ["axes.accessattempt", "axes.accesslog", "axes.accessfailurelog"]
MERGE = ["members.membermerge"]
HEAD_OFFICE = ["backoffice.all_stores"]
DASHBOARD = ["backoffice.dashboard"]
EXPORT = ["backoffice.lists"]

# Role → action → tables; together they name a permission: "view" of "members.member" is members.view_member.
ROLES = {
    _("marketing"): {
        "view": [
            *HEAD_OFFICE,
            *DASHBOARD,
            *PROGRAM,
            *MEMBER,
            *ACTIVITY,
            *RULES,
            *USED,
            *TO_TAKE_PART_IN,
            *TAKING_PART,
            *PLANS,
            *PAID,
            *FIGURES,
            "earning.ruleusage",
            *EMAILS,
            "campaigns.message",
            "jobs.job",
        ],
        "add": [*RULES, *PLANS, *TO_TAKE_PART_IN, *EMAILS, *BATCHES, "programs.program"],
        "change": [
            *RULES,
            *PLANS,
            *TO_TAKE_PART_IN,
            *EMAILS,
            *BATCHES,
            "challenges.drawwin",
            "challenges.invitation",
            "programs.program",
            "referrals.referral",
        ],
        "list": BATCHES,
        "download": ["challenges.codebatch"],
        "test": EMAILS,
        "retry": ["campaigns.message"],
        "import": ["earning.activity"],
        "export": EXPORT,
    },
    _("store manager"): {
        "view": [
            *PROGRAM,
            *MEMBER,
            *ACTIVITY,
            "tiers.tiermembership",
            "members.cardbatch",
            "rewards.reward",
            "rewards.redemption",
            "punchcards.punchcardprogram",
            *PUNCHED,
            "challenges.occasion",
            "challenges.invitation",
            *PAID,
        ],
        "add": ["members.consent"],
        "change": [
            *SELL,
            "members.member",
            "members.card",
            "members.cardbatch",
            "rewards.redemption",
            "challenges.invitation",
        ],
        "stamp": ["punchcards.punchcard"],
    },
    _("clerk"): {
        "view": ["members.member", "members.enrolment", "members.card", "rewards.reward"],
    },
    _("analyst"): {
        "view": [
            *HEAD_OFFICE,
            *DASHBOARD,
            *PROGRAM,
            *ACTIVITY,
            *RULES,
            *USED,
            *TO_TAKE_PART_IN,
            *PLANS,
            *PAID,
            *FIGURES,
            "members.enrolment",
            "earning.ruleusage",
            "ledger.entry",
            "ledger.account",
            "jobs.job",
        ],
        "export": EXPORT,
    },
    _("support"): {
        "view": [
            *HEAD_OFFICE,
            *PROGRAM,
            *MEMBER,
            *MERGE,
            *LEDGER,
            *ACTIVITY,
            *RULES,
            *USED,
            *TO_TAKE_PART_IN,
            *TAKING_PART,
            *PLANS,
            *PAID,
            "campaigns.message",
        ],
        "add": [
            "members.member",
            "members.consent",
            "members.externalid",
            "members.household",
            "subscriptions.subscription",
            "earning.activity",
        ],
        "change": [
            "members.member",
            "members.enrolment",
            "members.card",
            *HOUSEHOLD,
            "rewards.voucher",
            "rewards.giftcard",
            "rewards.redemption",
            "referrals.referral",
            "challenges.invitation",
            *SELL,
        ],
        "set": ["tiers.tiermembership"],
        "reveal": ["rewards.voucher"],
        "adjust": ["ledger.account"],
        "stamp": ["punchcards.punchcard"],
        "transfer": ["ledger.account"],
        "perform": MERGE,
        "erase": ["members.member"],
        "take_out": ["members.member"],
        "reverse": ["ledger.entry"],
        "retry": ["campaigns.message"],
    },
    _("finance"): {
        "view": [
            *HEAD_OFFICE,
            *DASHBOARD,
            *PROGRAM,
            *LEDGER,
            *ACTIVITY,
            *RULES,
            *USED,
            *TO_TAKE_PART_IN,
            *TAKING_PART,
            *PLANS,
            *PAID,
            "subscriptions.gatewaynotice",
            *FIGURES,
            *PARTNERS,
            *OF_PARTNERS,
            "members.enrolment",
            *HOUSEHOLD,
            "earning.ruleusage",
            "jobs.job",
        ],
        "change": ["subscriptions.charge"],
        "adjust": ["ledger.account", *CARDS],
        "make": CARDS,
        "reverse": ["ledger.entry"],
        "export": EXPORT,
    },
    _("partner manager"): {
        "view": [
            *HEAD_OFFICE,
            *PROGRAM,
            *PARTNERS,
            *OF_PARTNERS,
            "earning.activity",
            "rewards.reward",
            "rewards.voucher",
        ],
        "add": PARTNERS,
        "change": PARTNERS,
        "export": EXPORT,
    },
    _("administrator"): {
        "view": [
            *HEAD_OFFICE,
            *DASHBOARD,
            *PROGRAM,
            *MEMBER,
            *MERGE,
            *LEDGER,
            *ACTIVITY,
            *RULES,
            *USED,
            *TO_TAKE_PART_IN,
            *TAKING_PART,
            *PLANS,
            *PAID,
            "subscriptions.gatewaynotice",
            *PARTNERS,
            *OF_PARTNERS,
            *FIGURES,
            *SCHEDULES,
            *SIGN_INS,
            "members.cardbatch",
            "earning.ruleusage",
            *EMAILS,
            "campaigns.message",
            "jobs.job",
            "events.event",
            "events.cursor",
            "auth.user",
            "auth.group",
        ],
        "add": [
            *PROGRAM,
            *RULES,
            *BATCHES,
            *TO_TAKE_PART_IN,
            *PLANS,
            *PARTNERS,
            "subscriptions.subscription",
            *EMAILS,
            *SCHEDULES,
            "members.member",
            "members.consent",
            "members.externalid",
            "members.cardbatch",
            "members.household",
            "earning.activity",
            "auth.user",
            "auth.group",
        ],
        "change": [
            *PROGRAM,
            *RULES,
            *BATCHES,
            *TO_TAKE_PART_IN,
            "challenges.drawwin",
            "challenges.invitation",
            *PLANS,
            *SELL,
            *PARTNERS,
            *EMAILS,
            *SCHEDULES,
            "members.member",
            "members.enrolment",
            "members.card",
            "members.cardbatch",
            *HOUSEHOLD,
            "rewards.voucher",
            "rewards.giftcard",
            "rewards.redemption",
            "referrals.referral",
            "jobs.job",
            "auth.user",
            "auth.group",
        ],
        "list": BATCHES,
        "delete": [*SCHEDULES, "axes.accessattempt", "auth.group"],
        "download": ["challenges.codebatch"],
        "test": EMAILS,
        "retry": ["campaigns.message"],
        "import": ["earning.activity"],
        "set": ["tiers.tiermembership"],
        "reveal": ["rewards.voucher"],
        "adjust": ["ledger.account", *CARDS],
        "make": CARDS,
        "stamp": ["punchcards.punchcard"],
        "transfer": ["ledger.account"],
        "perform": MERGE,
        "erase": ["members.member"],
        "take_out": ["members.member"],
        "reverse": ["ledger.entry"],
        "export": EXPORT,
    },
}


def permissions(role):
    """The role's permissions as (app, codename)."""
    for action, tables in ROLES[role].items():
        for table in tables:
            app, _dot, model = table.partition(".")
            yield app, f"{action}_{model}"


def install(apps):
    """Make the groups and give them their permissions; never takes one away. `apps` is a migration's.

    Permissions of tables that the migration does not know yet are left to the migration that runs this again.
    """
    for config in apps.get_app_configs():
        # Django makes permissions after the last migration, and only for apps that have a module of models.
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in apps.get_model("auth", "Permission").objects.select_related("content_type")
    }
    for role in ROLES:
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(*(known[name] for name in permissions(role) if name in known))
