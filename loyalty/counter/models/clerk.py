from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Member

MOST_FAILURES = 5


class ClerkProfile(models.Model):
    """A clerk's quick PIN, hashed like a password, and the clerk's own membership, which others must serve.

    After `MOST_FAILURES` wrong PINs only the password opens the till again, which sets `pin_failures` back.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="clerk_profile", verbose_name=_("clerk")
    )
    pin_hash = models.CharField(_("PIN, hashed"), max_length=128, blank=True, editable=False)
    pin_set_at = models.DateTimeField(_("PIN set"), null=True, blank=True, editable=False)
    pin_failures = models.PositiveSmallIntegerField(_("wrong PINs in a row"), default=0, editable=False)
    member = models.OneToOneField(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("own membership"),
        help_text=_("Nobody serves themselves: found by the user’s e-mail, or named here."),
    )

    class Meta:
        verbose_name = _("clerk at the counter")
        verbose_name_plural = _("clerks at the counter")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pin_hash="", pin_set_at__isnull=True)
                | (~models.Q(pin_hash="") & models.Q(pin_set_at__isnull=False)),
                name="clerk_pin_has_its_moment",
            ),
        ]

    def __str__(self):
        return str(self.user)

    @property
    def takes_pin(self):
        return bool(self.pin_hash) and self.pin_failures < MOST_FAILURES
