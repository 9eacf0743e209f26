from django.urls import path

from loyalty.counter import views

app_name = "counter"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("device/", views.device, name="device"),
    path("pin/", views.pin, name="pin"),
    path("lock/", views.lock, name="lock"),
    path("manage/", views.manage, name="manage"),
    path("conflicts/", views.conflicts, name="conflicts"),
    path("conflicts/<int:pk>/", views.conflict, name="conflict"),
    path("offline/", views.offline, name="offline"),
    path("late/", views.late, name="late"),
    path("worker.js", views.worker, name="worker"),
    path("reader.js", views.reader, name="reader"),
    path("member/<str:number>/", views.member, name="member"),
    path("member/<str:number>/<slug:code>/preview/", views.preview, name="preview"),
    path("member/<str:number>/<slug:code>/", views.of_member, name="of-member"),
    path("do/<slug:code>/", views.of_nobody, name="do"),
    path("receipt/<uuid:key>/", views.receipt, name="receipt"),
    path("receipt/<uuid:key>/card.svg", views.card_qr, name="card-qr"),
]
