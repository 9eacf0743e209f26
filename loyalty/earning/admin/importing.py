"""A file of activities from the admin: staff upload it, a background job imports it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from loyalty.earning.importing import jobs
from loyalty.earning.importing.forms import ImportForm
from loyalty.lib.csv_files import FileRefused


class ImportMixin:
    """For the admin of activities: “import activities” above the list."""

    def has_import_permission(self, request, object_id=None):
        return request.user.has_perm(jobs.PERMISSION)

    @action(description=_("Import activities"), url_path="import", permissions=["import"], icon="upload_file")
    def import_file(self, request):
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        if form.is_valid() and (job := _request(form, request.user)):
            messages.success(request, gettext("The import has begun."))
            if request.user.has_perm("jobs.view_job"):
                return redirect("admin:jobs_job_change", job.pk)
            return redirect("admin:earning_activity_changelist")
        context = self.admin_site.each_context(request)
        context |= {"title": _("Import activities"), "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/earning/import.html", context)


def _request(form, user):
    """The job, or None with the file's refusal on the form."""
    data = form.cleaned_data
    try:
        return jobs.request_import(
            program=data["program"],
            upload=data["file"],
            source=data["source"],
            enrol=data["enrol"],
            dry_run=data["dry_run"],
            by=user,
            at=timezone.now(),
        )
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
        return None
