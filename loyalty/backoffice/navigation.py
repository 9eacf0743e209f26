"""The side bar by task, and the search for members that every page has (Ctrl-K).

An item is a table of the admin; staff see the items that they may open, groups without items disappear.
"""

from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult

from members.models import Member

GROUPS = [
    (
        _("Members"),
        {
            "members.Member": "person",
            "members.Enrolment": "how_to_reg",
            "members.Household": "family_restroom",
            "members.HouseholdMember": "group_add",
            "members.Card": "credit_card",
            "members.CardBatch": "print",
            "members.Consent": "fact_check",
            "tiers.TierMembership": "military_tech",
            "members.MemberMerge": "merge",
            "portal.ErasureRequest": "person_remove",
        },
    ),
    (
        _("Points"),
        {
            "earning.Activity": "receipt_long",
            "earning.Decision": "rule",
            "tiers.Qualification": "stacked_line_chart",
            "ledger.Account": "account_balance_wallet",
            "ledger.Entry": "swap_vert",
            "ledger.Transfer": "volunteer_activism",
            "ledger.Lot": "hourglass_bottom",
        },
    ),
    (
        _("Rewards"),
        {
            "rewards.Reward": "redeem",
            "rewards.Offer": "local_offer",
            "rewards.Voucher": "confirmation_number",
            "rewards.VoucherUse": "point_of_sale",
            "rewards.Redemption": "shopping_bag",
            "rewards.Issuance": "event_repeat",
            "punchcards.PunchCard": "grid_view",
            "punchcards.Punch": "ink_pen",
            "rewards.Entitlement": "volunteer_activism",
            "rewards.GiftCard": "card_giftcard",
            "rewards.VoucherBatch": "qr_code_2",
            "rewards.PartnerCode": "handshake",
        },
    ),
    (
        _("Referrals"),
        {
            "referrals.Referral": "diversity_3",
            "referrals.ReferralRevenue": "monitoring",
            "referrals.ReferralCode": "share",
            "referrals.Ambassador": "campaign",
        },
    ),
    (
        _("Challenges and games"),
        {
            "challenges.Challenge": "flag",
            "challenges.ChallengeProgress": "hiking",
            "challenges.Badge": "military_tech",
            "challenges.BadgeAward": "workspace_premium",
            "challenges.CodeBatch": "password",
            "challenges.EntryCode": "pin",
            "challenges.Draw": "casino",
            "challenges.DrawWin": "emoji_events",
            "challenges.InstantWin": "celebration",
            "challenges.InstantPlay": "playing_cards",
            "challenges.Occasion": "event",
            "challenges.Invitation": "mail_lock",
        },
    ),
    (
        _("Subscriptions"),
        {
            "subscriptions.Subscription": "autorenew",
            "subscriptions.Charge": "payments",
            "subscriptions.ChargeRefund": "currency_exchange",
            "subscriptions.Plan": "sell",
            "subscriptions.GatewayNotice": "notifications",
        },
    ),
    (
        _("Partners"),
        {
            "partners.Partner": "handshake",
            "partners.Contract": "contract",
            "partners.Statement": "request_quote",
            "partners.StatementUpload": "compare_arrows",
            "partners.Dispute": "gavel",
            "partners.PartnerLine": "list_alt",
            "partners.PrepaidPack": "inventory_2",
            "partners.PartnerMember": "badge",
            "api.ApiKey": "key",
        },
    ),
    (
        _("Campaigns"),
        {"campaigns.Segment": "target", "campaigns.Message": "mail", "campaigns.EmailSetting": "edit_note"},
    ),
    (
        _("Analytics"),
        {
            "analytics.RetentionSnapshot": "groups",
            "analytics.ValueSnapshot": "trending_up",
            "analytics.MemberValue": "diamond",
        },
    ),
    (
        _("Programs"),
        {
            "programs.Program": "loyalty",
            "programs.Store": "storefront",
            "earning.EarningRule": "add_circle",
            "tiers.TierProgram": "stairs",
            "ledger.TransferPolicy": "move_up",
            "rewards.BurnRule": "remove_circle",
            "rewards.IssuanceRule": "calendar_month",
            "punchcards.PunchCardProgram": "grid_on",
            "referrals.ReferralProgram": "group_add",
        },
    ),
    (
        _("Connections"),
        {
            "connectors.Connection": "power",
            "connectors.Received": "move_to_inbox",
            "connectors.Cart": "shopping_cart",
            "connectors.ShopCode": "local_activity",
            "webhooks.Endpoint": "webhook",
            "webhooks.Delivery": "outgoing_mail",
        },
    ),
    (
        _("Background jobs"),
        {
            "jobs.Job": "pending_actions",
            "django_celery_beat.PeriodicTask": "schedule",
            "events.Event": "bolt",
        },
    ),
    (
        _("Counter"),
        {
            "counter.CounterAction": "point_of_sale",
            "counter.Conflict": "sync_problem",
            "counter.Device": "tablet_mac",
            "counter.CounterLimits": "speed",
            "counter.ClerkProfile": "badge",
        },
    ),
    (_("Settings"), {"auth.User": "badge", "auth.Group": "shield_person", "axes.AccessAttempt": "lock_person"}),
]
MEMBERS_FOUND = 10


def _item(request, label, icon):
    model = apps.get_model(label)
    model_admin = admin.site._registry.get(model)
    if model_admin is None or not model_admin.has_view_permission(request):
        return None
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return {"title": capfirst(model._meta.verbose_name_plural), "icon": icon, "link": reverse(name)}


def navigation(request):
    """The side bar as unfold takes it."""
    home = {"title": _("Home"), "icon": "home", "link": reverse("admin:index")}
    groups = [{"items": [home]}]
    for title, tables in GROUPS:
        items = [item for label, icon in tables.items() if (item := _item(request, label, icon))]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def find_members(request, term):
    """Members for the search on every page: the first few that the admin's own search finds."""
    model_admin = admin.site._registry[Member]
    if not model_admin.has_view_permission(request):
        return []
    members, _duplicates = model_admin.get_search_results(request, model_admin.get_queryset(request), term)
    return [
        SearchResult(
            title=str(member),
            description=member.number,
            link=reverse("admin:members_member_overview", args=[member.pk]),
            icon="person",
        )
        for member in members[:MEMBERS_FOUND]
    ]
