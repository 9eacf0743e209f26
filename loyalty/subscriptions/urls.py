from django.urls import path

from loyalty.subscriptions.views import notice

app_name = "subscriptions"
urlpatterns = [path("<slug:gateway>/notices/", notice, name="notice")]
