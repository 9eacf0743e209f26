"""Fields that show up once another says so (unfold’s `conditional_fields`), where that one is on the page."""

import copy
import re

NAME = re.compile(r"\b([a-z_]+)\s*[=!]=")


class ConditionsMixin:
    def render_change_form(self, request, context, *args, **kwargs):
        """A choice that can only be read has no value in the page's script: what hangs on it is always shown."""
        if conditions := getattr(self, "conditional_fields", None):
            adminform = context["adminform"]
            asked = set(adminform.form.fields) - set(adminform.readonly_fields)
            adminform.model_admin = copy.copy(self)
            adminform.model_admin.conditional_fields = {
                name: condition for name, condition in conditions.items() if asked.issuperset(NAME.findall(condition))
            }
        return super().render_change_form(request, context, *args, **kwargs)
