"""What a key may be allowed to do. A scope is a resource and whether it is read or written."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    PROGRAMS_READ = "programs:read", _("read programs and stores")
    MEMBERS_READ = "members:read", _("read members, balances and what they hold")
    MEMBERS_WRITE = "members:write", _("enrol and change members, record consents")
    ACTIVITIES_READ = "activities:read", _("read activities and calculate")
    ACTIVITIES_WRITE = "activities:write", _("record activities and refunds")
    REWARDS_READ = "rewards:read", _("read the catalogue of rewards")
    REDEMPTIONS_WRITE = "redemptions:write", _("redeem points and undo it")
    VOUCHERS_READ = "vouchers:read", _("ask what a voucher is worth")
    VOUCHERS_WRITE = "vouchers:write", _("reserve, use and release vouchers")
    SUBSCRIPTIONS_READ = "subscriptions:read", _("read subscriptions")
    SUBSCRIPTIONS_WRITE = "subscriptions:write", _("begin and end subscriptions")
    REFERRALS_READ = "referrals:read", _("read referrals")
    REFERRALS_WRITE = "referrals:write", _("make codes for referrals")
    CAMPAIGNS_READ = "campaigns:read", _("read campaigns")
    REPORTS_READ = "reports:read", _("read reports")
    EVENTS_READ = "events:read", _("read events")
    WEBHOOKS_READ = "webhooks:read", _("read webhook endpoints")
    WEBHOOKS_WRITE = "webhooks:write", _("change webhook endpoints")
