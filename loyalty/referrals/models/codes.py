from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.programs.models import Program
from members.models import Member

from .programs import Ambassador

HALF = 4


class ReferralCode(models.Model):
    """What a member or an ambassador passes on. A member's is random and ends with a check character."""

    fixed_columns = ("program_id", "code", "ambassador_id", "created_at")

    program = models.ForeignKey(Program, models.PROTECT, related_name="referral_codes", verbose_name=_("program"))
    code = models.CharField(_("code"), max_length=20)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="referral_codes", verbose_name=_("member")
    )
    ambassador = models.OneToOneField(
        Ambassador, models.PROTECT, null=True, blank=True, related_name="code", verbose_name=_("ambassador")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("referral code")
        verbose_name_plural = _("referral codes")
        constraints = [
            models.UniqueConstraint(
                "program",
                "code",
                name="referral_code_names_one_referrer",
                violation_error_message=_("Somebody has this code already."),
            ),
            models.UniqueConstraint(
                "member", "program", name="referral_code_is_one_per_member", condition=Q(member__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, ambassador__isnull=True)
                | Q(member__isnull=True, ambassador__isnull=False),
                name="referral_code_is_a_members_or_an_ambassadors",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="referral_code_is_not_empty"),
        ]

    def __str__(self):
        return self.spoken

    @property
    def spoken(self) -> str:
        """As people read it aloud: a member's in two halves, an ambassador's words as they are."""
        return self.code if self.ambassador_id else f"{self.code[:HALF]}-{self.code[HALF:]}"

    @property
    def referrer_id(self) -> int | None:
        """The member who is rewarded, if there is one: whoever goes on where the member of the code was merged."""
        if self.ambassador:
            return self.ambassador.member_id
        return (self.member.merged_into_id or self.member_id) if self.member else None


class Device(models.Model):
    """A device on which a member was seen, as a keyed hash: enough to compare, too little to recognise."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="devices", verbose_name=_("member"))
    fingerprint = models.CharField(_("fingerprint"), max_length=32)
    first_seen_at = models.DateTimeField(_("first seen"))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [models.UniqueConstraint("member", "fingerprint", name="device_is_known_once_per_member")]

    def __str__(self):
        return f"…{self.fingerprint[-6:]}"
