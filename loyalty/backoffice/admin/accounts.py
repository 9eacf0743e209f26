"""The ledger's accounts, with the page that only an upper floor can write: why the balance is what it is."""

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.backoffice.pages import balance
from loyalty.ledger.admin import AccountAdmin as LedgerAccountAdmin
from loyalty.ledger.models import Account

admin.site.unregister(Account)


@admin.register(Account)
class AccountAdmin(LedgerAccountAdmin):
    list_display = [*LedgerAccountAdmin.list_display, "why_link"]
    actions_detail = ["why", *LedgerAccountAdmin.actions_detail]

    @display(description="")
    def why_link(self, account):
        address = reverse("admin:ledger_account_why", args=[account.pk])
        return format_html('<a class="bo-link" href="{}">{}</a>', address, _("why?"))

    @action(description=_("Why this balance?"), url_path="why", permissions=["view"], icon="help")
    def why(self, request, object_id):
        account = self.get_object(request, object_id)
        if account is None:
            raise Http404
        context = self.admin_site.each_context(request)
        context |= {"title": _("Why this balance?"), "opts": self.opts, "original": account}
        context["can_adjust"] = self.has_adjust_permission(request)
        return TemplateResponse(request, "backoffice/balance.html", context | balance.context(request, account))
