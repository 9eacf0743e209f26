"""Rows of a program, added by hand: the program that somebody works on is filled in, and its page is come back to.

By convention the column is named `program`; which table it leads to is for the model to say.
"""

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import FieldDoesNotExist
from django.shortcuts import redirect

AT_WORK = "program_at_work"


class OfProgramMixin:
    def get_changeform_initial_data(self, request):
        return self._program_at_work(request) | super().get_changeform_initial_data(request)

    def response_add(self, request, obj, post_url_continue=None):
        if self._program_field():
            request.session[AT_WORK] = obj.program_id
        return super().response_add(request, obj, post_url_continue)

    def response_post_save_add(self, request, obj):
        """Whoever came from the page of the program goes back to it."""
        field = self._program_field()
        if field and "program" in request.GET:
            return redirect(admin_urlname(field.related_model._meta, "change"), obj.program_id)
        return super().response_post_save_add(request, obj)

    def _program_at_work(self, request):
        """The one worked on last, or the only one; where a program has one such row, of those that have none yet."""
        field = self._program_field()
        if not field:
            return {}
        programs = field.related_model._default_manager.order_by("pk")
        if field.one_to_one:
            programs = programs.filter(**{field.related_query_name(): None})
        known = list(programs.filter(pk=request.session.get(AT_WORK))) or list(programs[:2])
        return {"program": known[0].pk} if len(known) == 1 else {}

    def _program_field(self):
        try:
            field = self.opts.get_field("program")
        except FieldDoesNotExist:
            return None
        return field if field.is_relation else None
