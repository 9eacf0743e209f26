from django.urls import path

from campaigns.views import Undo, Unsubscribe

app_name = "campaigns"
urlpatterns = [
    path("unsubscribe/<str:token>/", Unsubscribe.as_view(), name="unsubscribe"),
    path("unsubscribe/<str:token>/undo/", Undo.as_view(), name="undo"),
]
