from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.lib.fields import TextListField


class ForSome(models.Model):
    """Whom a row is for: tiers, plans, tags and segments, of which one that fits is enough; all empty, everybody.

    With `early_from` everybody has it from `valid_from` on, and the audience from that earlier moment.
    """

    AUDIENCE = ("audience_tiers", "audience_plans", "audience_tags", "audience_segments")

    audience_tiers = TextListField(
        _("for tiers"), help_text=_("Codes, such as gold, platinum. With all four empty: for everybody.")
    )
    audience_plans = TextListField(_("for plans"), help_text=_("Codes of plans; one that fits is enough."))
    audience_tags = TextListField(_("for tags"), help_text=_("Tags of members; one that fits is enough."))
    audience_segments = TextListField(_("for segments"), help_text=_("Codes of segments; one that fits is enough."))
    early_from = models.DateTimeField(
        _("early access from"),
        null=True,
        blank=True,
        help_text=_("These members have it from then on, everybody from its first day."),
    )

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.early_from and not self.audience:
            raise ValidationError({"early_from": _("Say for whom: name tiers, plans, tags or segments.")})

    @property
    def audience(self) -> list[str]:
        """All the names, whatever they are of."""
        return [name for field in self.AUDIENCE for name in getattr(self, field)]
