"""Programs and stores, narrowed down."""

from django.db import models
from django.db.models import Q


class ProgramQuerySet(models.QuerySet):
    def not_closed(self, day):
        """Programs whose points have not all expired by this day."""
        return self.filter(Q(final_expiry_date__isnull=True) | Q(final_expiry_date__gte=day))


class StoreQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def of_staff(self, user):
        """The stores that this person works in."""
        return self.filter(staff=user)
