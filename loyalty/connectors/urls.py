from django.urls import path

from loyalty.connectors.views import receive

app_name = "connectors"
urlpatterns = [path("<uuid:address>/", receive, name="receive")]
