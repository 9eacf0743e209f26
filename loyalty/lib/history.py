"""What changed between two versions of a row, as staff read it and not as the table holds it."""

from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils.translation import gettext
from simple_history.template_utils import HistoricalRecordContextHelper


class ReadableChanges(HistoricalRecordContextHelper):
    def prepare_delta_change_value(self, change, value):
        field = self.model._meta.get_field(change.field)
        value = super().prepare_delta_change_value(change, value)
        if isinstance(field, models.ManyToManyField):
            return value
        if isinstance(field, models.BooleanField):
            return gettext("yes") if value else gettext("no")
        return display_for_field(value, field, empty_value_display="", avoid_link=True)
