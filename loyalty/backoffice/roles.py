"""Who may do what: the groups that the first migration makes, as plain data.

A role is a Django group. What stands here is where a new installation begins; from then on an administrator edits
the groups, and nothing overwrites them. Deleting is nearly absent: what holds or explains money cannot be deleted by
anybody, whatever the group says (see `loyalty.lib.admin`).
"""

from django.utils.translation import gettext_noop as _

PROGRAM = ["programs.program", "programs.store"]
HOUSEHOLD = ["members.household", "members.householdmember"]
MEMBER = ["members.member", "members.enrolment", "members.card", "members.consent", "members.externalid", *HOUSEHOLD]
LEDGER = ["ledger.account", "ledger.entry", "ledger.lot", "ledger.allocation", "ledger.postingkey", "ledger.transfer"]
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
    "campaigns.segment",
    "ledger.transferpolicy",
]
REFERRED = ["referrals.referralcode", "referrals.referral", "referrals.referralstep", "referrals.referralgift"]
REFERRED += ["referrals.referralrevenue"]
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
CONNECTIONS = ["connectors.connection"]
CONNECTED = [*CONNECTIONS, "connectors.received", "connectors.cart", "connectors.shopcode"]
ENDPOINTS = ["webhooks.endpoint"]
WEBHOOKS = [*ENDPOINTS, "webhooks.delivery"]
EMAILS = ["campaigns.emailsetting"]
PARTNERS = ["partners.partner", "partners.contract"]
KEYS = ["api.apikey"]
BY_PARTNERS = [*PARTNERS, *KEYS, *ENDPOINTS]
OF_PARTNERS = ["partners.partnermember", "partners.partnerline", "partners.prepaidpack", "partners.statement"]
OF_PARTNERS += ["partners.statementupload", "partners.matchedline", "partners.dispute"]
OF_SALES = ["earning.activity", "rewards.reward", "rewards.voucher"]
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
AT_THE_TILL = ["counter.counteraction"]  # serving there, and confirming what is above a clerk's limit
TILLS = ["counter.device", "counter.counterlimits"]
COUNTER = [*AT_THE_TILL, "counter.conflict", *TILLS]
PERSONS = [*MERGE, "portal.erasurerequest"]
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
            *CONNECTED,
            "jobs.job",
        ],
        "add": [*RULES, *PLANS, *TO_TAKE_PART_IN, *EMAILS, *BATCHES, *PROGRAM],
        "change": [
            *RULES,
            *PLANS,
            *TO_TAKE_PART_IN,
            *EMAILS,
            *BATCHES,
            *PROGRAM,
            "challenges.drawwin",
            "challenges.invitation",
            "referrals.referral",
        ],
        "list": BATCHES,
        "download": ["challenges.codebatch", *ENDPOINTS],
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
            *COUNTER,
        ],
        "add": ["members.consent"],
        "change": [
            *SELL,
            "members.member",
            "members.card",
            "members.cardbatch",
            "rewards.redemption",
            "challenges.invitation",
            *TILLS,
        ],
        "stamp": ["punchcards.punchcard"],
        "serve": AT_THE_TILL,
        "supervise": AT_THE_TILL,
    },
    _("clerk"): {  # finds a member at the counter and lists none
        "view": ["rewards.reward"],
        "serve": AT_THE_TILL,
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
            *PERSONS,
            *LEDGER,
            *ACTIVITY,
            *RULES,
            *USED,
            *TO_TAKE_PART_IN,
            *TAKING_PART,
            *PLANS,
            *PAID,
            "campaigns.message",
            *CONNECTED,
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
        "settle": ["connectors.received"],
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
        "book": ["partners.contract"],
        "match": ["partners.statement"],
        "issue": ["partners.statement"],
        "decide": ["partners.dispute"],
        "reverse": ["ledger.entry"],
        "export": EXPORT,
    },
    _("partner manager"): {
        "view": [*HEAD_OFFICE, *PROGRAM, *PARTNERS, *OF_PARTNERS, *KEYS, *OF_SALES, *WEBHOOKS],
        "add": BY_PARTNERS,
        "change": BY_PARTNERS,
        "book": ["partners.contract"],
        "replay": ["webhooks.delivery"],
        "match": ["partners.statement"],
        "export": EXPORT,
    },
    _("administrator"): {
        "view": [
            *HEAD_OFFICE,
            *DASHBOARD,
            *PROGRAM,
            *MEMBER,
            *PERSONS,
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
            *KEYS,
            *FIGURES,
            *SCHEDULES,
            *SIGN_INS,
            "members.cardbatch",
            "earning.ruleusage",
            *EMAILS,
            "campaigns.message",
            *CONNECTED,
            *WEBHOOKS,
            "jobs.job",
            "events.event",
            "events.cursor",
            *COUNTER,
            "counter.clerkprofile",
            "auth.user",
            "auth.group",
        ],
        "add": [
            *PROGRAM,
            *RULES,
            *BATCHES,
            *TO_TAKE_PART_IN,
            *PLANS,
            *BY_PARTNERS,
            "subscriptions.subscription",
            *EMAILS,
            *CONNECTIONS,
            *SCHEDULES,
            "members.member",
            "members.consent",
            "members.externalid",
            "members.cardbatch",
            "members.household",
            "earning.activity",
            "counter.counterlimits",
            "counter.clerkprofile",
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
            *BY_PARTNERS,
            *EMAILS,
            *CONNECTIONS,
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
            *TILLS,
            "counter.clerkprofile",
            "auth.user",
            "auth.group",
        ],
        "list": BATCHES,
        "delete": [*SCHEDULES, "axes.accessattempt", "auth.group"],
        "download": ["challenges.codebatch", *ENDPOINTS],
        "test": EMAILS,
        "retry": ["campaigns.message"],
        "import": ["earning.activity"],
        "set": ["tiers.tiermembership"],
        "settle": ["connectors.received"],
        "replay": ["webhooks.delivery"],
        "reveal": ["rewards.voucher"],
        "adjust": ["ledger.account", *CARDS],
        "make": CARDS,
        "book": ["partners.contract"],
        "match": ["partners.statement"],
        "issue": ["partners.statement"],
        "decide": ["partners.dispute"],
        "stamp": ["punchcards.punchcard"],
        "transfer": ["ledger.account"],
        "perform": MERGE,
        "erase": ["members.member"],
        "take_out": ["members.member"],
        "reverse": ["ledger.entry"],
        "serve": AT_THE_TILL,
        "supervise": AT_THE_TILL,
        "export": EXPORT,
    },
}
