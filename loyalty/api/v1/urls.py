from django.urls import path, register_converter

from loyalty.api.converters import ActivityId
from loyalty.api.v1 import activities, batches, holdings, members, programs

register_converter(ActivityId, "activity")

urlpatterns = [
    path("programs", programs.Programs.as_view(), name="programs"),
    path("programs/<slug:code>", programs.OneProgram.as_view(), name="program"),
    path("members", members.Members.as_view(), name="members"),
    path("members/<uuid:id>", members.OneMember.as_view(), name="member"),
    path("members/<uuid:id>/balances", holdings.Balances.as_view(), name="balances"),
    path("members/<uuid:id>/ledger", holdings.Ledger.as_view(), name="ledger"),
    path("members/<uuid:id>/tier", holdings.OneTier.as_view(), name="tier"),
    path("members/<uuid:id>/cards", holdings.Cards.as_view(), name="cards"),
    path("members/<uuid:id>/vouchers", holdings.Vouchers.as_view(), name="vouchers"),
    path("members/<uuid:id>/consents", holdings.Consents.as_view(), name="consents"),
    path("activities", activities.Activities.as_view(), name="activities"),
    path("activities/calculate", activities.Calculate.as_view(), name="calculate"),
    path("activities/batch", batches.Batch.as_view(), name="batch"),
    path("activities/<activity:id>/refunds", activities.Refunds.as_view(), name="refunds"),
    path("activities/<activity:id>", activities.OneActivity.as_view(), name="activity"),
]
