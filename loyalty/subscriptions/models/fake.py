from django.db import models
from django.utils.translation import gettext_lazy as _


class FakePayment(models.Model):
    """The books of the fake payment provider: what it took, under the key by which it was asked."""

    key = models.CharField(max_length=60, unique=True)
    member_id = models.BigIntegerField()
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    problem = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("payment at the fake provider")
        verbose_name_plural = _("payments at the fake provider")

    def __str__(self):
        return f"{self.key} · {self.state}"


class FakeRefund(models.Model):
    """What the fake payment provider gave back."""

    key = models.CharField(max_length=60, unique=True)
    payment = models.ForeignKey(FakePayment, models.PROTECT)
    amount = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("refund at the fake provider")
        verbose_name_plural = _("refunds at the fake provider")

    def __str__(self):
        return self.key


class FakeScript(models.Model):
    """What the fake payment provider will answer about a member, in this order; the last answer stays."""

    member_id = models.BigIntegerField(unique=True)
    results = models.JSONField(default=list)

    class Meta:
        verbose_name = _("script of the fake provider")
        verbose_name_plural = _("scripts of the fake provider")

    def __str__(self):
        return str(self.member_id)
