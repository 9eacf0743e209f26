"""Programs, with the gallery to begin one from: only an upper floor knows every part that a template has."""

from dataclasses import replace

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from loyalty.backoffice.pages.program import parts
from loyalty.backoffice.program_templates import templates
from loyalty.backoffice.program_templates.loading import PARTS, load
from loyalty.lib.of_program import AT_WORK
from loyalty.programs.admin import ProgramAdmin as ProgramsProgramAdmin
from loyalty.programs.forms import time_zone_field
from loyalty.programs.models import Program

OWN = ("name", "code", "money_currency", "language", "phone_region")

admin.site.unregister(Program)


class OwnProgramForm(forms.ModelForm):
    """What a retailer decides before a program of the gallery becomes their own; the rest can be edited later."""

    time_zone = time_zone_field(Program._meta.get_field("time_zone"))

    class Meta:
        model = Program
        fields = [*OWN, "time_zone"]
        widgets = dict.fromkeys(OWN, UnfoldAdminTextInputWidget) | {"language": UnfoldAdminSelectWidget}


@admin.register(Program)
class ProgramAdmin(ProgramsProgramAdmin):
    actions_list = ["gallery"]
    actions_detail = ["sign_up", "poster", *ProgramsProgramAdmin.actions_detail]
    change_form_outer_before_template = "backoffice/program_parts.html"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        program = self.get_object(request, unquote(object_id))
        if program is not None:
            request.session[AT_WORK] = program.pk
            extra_context = {"parts": parts(request, program)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra_context)

    def response_post_save_add(self, request, obj):
        """What the program is made of comes next."""
        return redirect("admin:programs_program_change", obj.pk)

    @action(description=_("Sign-up page"), url_path="sign-up", permissions=["view"], icon="how_to_reg")
    def sign_up(self, request, object_id):
        return self._of_club(request, object_id, "portal:join")

    @action(description=_("Poster for the till"), url_path="poster", permissions=["view"], icon="qr_code_2")
    def poster(self, request, object_id):
        return self._of_club(request, object_id, "portal:poster")

    def _of_club(self, request, object_id, name):
        """A page of another door, so by its name alone."""
        program = self.get_object(request, object_id)
        if program is None:
            raise Http404
        return redirect(reverse(name, args=[program.code]))

    @action(description=_("Begin with a template"), url_path="gallery", permissions=["add"], icon="auto_awesome_mosaic")
    def gallery(self, request):
        """All templates as cards; with `?template=…` the form that makes a program of one."""
        known = templates()
        context = self.admin_site.each_context(request)
        context |= {"title": _("Begin with a template"), "opts": self.opts}
        if "template" not in request.GET:
            cards = [
                {"code": code, "name": known[code].program["name"], "title": known[code].title}
                | {"parts": [part.title for part in PARTS if getattr(known[code], part.name)]}
                for code in sorted(known)
            ]
            return TemplateResponse(request, "backoffice/gallery.html", context | {"cards": cards})
        template = known.get(request.GET["template"])
        if template is None:
            raise Http404
        form = _form(request, template)
        if form.is_valid() and (program := _make(form, template, request.user)):
            messages.success(request, gettext("The program “%(program)s” is ready.") % {"program": program})
            return redirect("admin:programs_program_change", program.pk)
        context["title"] = _("Begin with “%(name)s”") % {"name": template.program["name"]}
        return TemplateResponse(request, "admin/act.html", context | {"form": form, "explanation": template.title})


def _form(request, template):
    if request.method == "POST":
        return OwnProgramForm(request.POST)
    return OwnProgramForm(initial={"code": template.code, **template.program})


def _make(form, template, by):
    data = dict(form.cleaned_data)
    own = replace(template, code=data.pop("code"), program={**template.program, **data})
    try:
        program, _is_changed = load(own, at=timezone.now(), by=by)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    return program
