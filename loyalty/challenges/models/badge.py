from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from members.models import Member

from .base import Named


class Badge(Named):
    """A distinction that challenges give. It is worth nothing and can be shown to everybody."""

    icon = models.SlugField(
        _("icon"),
        default="military_tech",
        help_text=_("The name of a Material Symbol, such as military_tech, eco or local_cafe."),
    )
    history = HistoricalRecords(verbose_name=_("history of the badge"))

    class Meta(Named.Meta):
        abstract = False
        verbose_name = pgettext_lazy("distinction", "badge")
        verbose_name_plural = pgettext_lazy("distinction", "badges")
        ordering = ["program", "code"]


class BadgeAward(models.Model):
    """A badge that a member has, or had: a refund takes it back with the challenge that gave it."""

    fixed_columns = ("badge_id", "activity_id", "awarded_at")

    badge = models.ForeignKey(
        Badge, models.PROTECT, related_name="awards", verbose_name=pgettext_lazy("distinction", "badge")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="badge_awards", verbose_name=_("member"))
    activity_id = models.BigIntegerField(_("activity"), help_text=_("The number of the activity that earned it."))
    awarded_at = models.DateTimeField(_("awarded"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("badge awarded")
        verbose_name_plural = _("badges awarded")
        constraints = [
            models.UniqueConstraint(
                fields=["badge", "member"], name="badge_is_awarded_once", condition=Q(revoked_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["member"], name="badge_award_member")]

    def __str__(self):
        return f"{self.member} · {self.badge}"
