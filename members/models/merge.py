from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from .member import Member


class MemberMerge(models.Model):
    """Two rows that were one person, and which of them goes on.

    `moved` is what each room moved from the one to the other, by the room's name: what `undo_merge` brings back.
    """

    fixed_columns = ("keep_id", "absorb_id", "merged_at", "reason", "by_id")

    keep = models.ForeignKey(Member, models.PROTECT, related_name="merges_kept", verbose_name=_("kept"))
    absorb = models.ForeignKey(Member, models.PROTECT, related_name="merges_absorbed", verbose_name=_("absorbed"))
    merged_at = models.DateTimeField(pgettext_lazy("moment", "merged"))
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    moved = models.JSONField(_("moved"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    undone_at = models.DateTimeField(pgettext_lazy("moment of a merge", "undone"), null=True, blank=True)
    undone_reason = models.CharField(_("reason of the undoing"), max_length=200, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = _("merge of members")
        verbose_name_plural = _("merges of members")
        permissions = [("perform_membermerge", gettext_noop("Can merge members and undo it"))]
        constraints = [
            models.UniqueConstraint("absorb", condition=Q(undone_at__isnull=True), name="merge_absorbs_a_member_once"),
            models.CheckConstraint(condition=~Q(keep=F("absorb")), name="merge_is_of_two_members"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_its_reason"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("merged_at")),
                name="merge_is_undone_after_it_was_made",
            ),
        ]

    def __str__(self):
        return f"{self.absorb} → {self.keep}"
