from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from campaigns import conditions
from loyalty.programs.models import Program


class Segment(models.Model):
    """Members of a program who fit conditions, under a name, so that an offer or a reward can be meant for them.

    `conditions` are those of the list of members, by name, as texts. Who fits is worked out at night, after the tiers,
    and when the segment is saved; it is pushed down to `Enrolment.segments`, where other rooms ask for it. `members` is
    how many there were at `placed_at`, the last time.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="segments", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    conditions = models.JSONField(_("conditions"), default=dict)
    is_active = models.BooleanField(
        pgettext_lazy("segment", "active"), default=True, help_text=_("Nobody belongs to a segment that is not active.")
    )
    members = models.PositiveIntegerField(_("members"), null=True, blank=True, editable=False)
    placed_at = models.DateTimeField(_("worked out"), null=True, blank=True, editable=False)
    history = HistoricalRecords(verbose_name=_("history of the segment"), excluded_fields=["members", "placed_at"])

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["program", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="segment_code_is_unique_in_its_program",
                violation_error_message=_("Another segment of this program has this code."),
            ),
            models.CheckConstraint(
                condition=~models.Q(conditions={}),
                name="segment_has_a_condition",
                violation_error_message=_("Give one condition at least: everybody needs no segment."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if faults := conditions.faults(self.conditions, self.program):
            raise ValidationError({"conditions": faults})

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en
