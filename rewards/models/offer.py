from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program

from .audience import ForSome
from .reward import Reward


class Offer(ForSome):
    """Something for members only, for a time: a text, with a code to show or a reward of the catalogue.

    Its audience alone sees it, or sees it early. Nothing is given by it: who buys with the code, or redeems the reward,
    does that.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="offers", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    text_fr = models.TextField(_("text in French"), max_length=2000, blank=True)
    text_en = models.TextField(_("text in English"), max_length=2000, blank=True)
    discount_code = models.CharField(
        _("code to show at the till"), max_length=40, blank=True, help_text=_("The same for everybody, such as CLUB10.")
    )
    reward = models.ForeignKey(
        Reward,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("reward"),
        help_text=_("Of the catalogue of the same program."),
    )
    valid_from = models.DateTimeField(_("available from"), null=True, blank=True)
    valid_to = models.DateTimeField(
        _("available to"), null=True, blank=True, help_text=_("From this moment on it is no longer available.")
    )
    is_active = models.BooleanField(pgettext_lazy("offer", "active"), default=True)
    history = HistoricalRecords(verbose_name=_("history of the offer"))

    class Meta:
        verbose_name = _("member offer")
        verbose_name_plural = _("member offers")
        ordering = ["program", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="offer_code_is_unique_in_its_program",
                violation_error_message=_("Another offer of this program has this code."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="offer_ends_after_it_starts",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(early_from__isnull=True) | Q(valid_from__isnull=False, early_from__lt=F("valid_from")),
                name="offer_early_access_comes_before_its_first_day",
                violation_error_message=_("Early access needs a first day, and must begin before it."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.reward and self.reward.program_id != self.program_id:
            raise ValidationError({"reward": _("This reward belongs to another program.")})

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en

    @property
    def text(self):
        """The text in the reader's language."""
        return self.text_fr if (get_language() or "").startswith("fr") else self.text_en
