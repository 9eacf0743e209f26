from django.urls import path

from loyalty.portal.views import card, joining, look, preferences, spending

app_name = "portal"
urlpatterns = [
    path("r/<str:code>", joining.friends_link, name="friends-link"),
    path("club/<slug:program>/", card.Home.as_view(), name="home"),
    path("club/<slug:program>/join/", joining.Join.as_view(), name="join"),
    path("club/<slug:program>/sign-in/", joining.SignIn.as_view(), name="sign-in"),
    path("club/<slug:program>/code/", joining.EnterCode.as_view(), name="code"),
    path("club/<slug:program>/sign-out/", joining.SignOut.as_view(), name="sign-out"),
    path("club/<slug:program>/c/<str:token>/", joining.CardLink.as_view(), name="card-link"),
    path("club/<slug:program>/challenges/<int:challenge>/", card.JoinChallenge.as_view(), name="challenge"),
    path("club/<slug:program>/friends/", card.Friends.as_view(), name="friends"),
    path("club/<slug:program>/history/", spending.History.as_view(), name="history"),
    path("club/<slug:program>/rewards/", spending.Catalogue.as_view(), name="rewards"),
    path("club/<slug:program>/rewards/<int:reward>/", spending.RedeemReward.as_view(), name="redeem"),
    path("club/<slug:program>/redeemed/<int:redemption>/", spending.Redeemed.as_view(), name="redeemed"),
    path("club/<slug:program>/vouchers/", spending.Vouchers.as_view(), name="vouchers"),
    path("club/<slug:program>/enter-code/", spending.EnterCode.as_view(), name="enter-code"),
    path("club/<slug:program>/preferences/", preferences.Preferences.as_view(), name="preferences"),
    path("club/<slug:program>/preferences/consents/", preferences.Consents.as_view(), name="consents"),
    path("club/<slug:program>/preferences/language/", preferences.Language.as_view(), name="language"),
    path("club/<slug:program>/preferences/export/", preferences.Export.as_view(), name="export"),
    path("club/<slug:program>/erasure/", preferences.Erasure.as_view(), name="erasure"),
    path("club/<slug:program>/erasure/keep/", preferences.KeepAccount.as_view(), name="keep-account"),
    path("club/<slug:program>/colours.css", look.Colours.as_view(), name="colours"),
    path("club/<slug:program>/poster/", look.Poster.as_view(), name="poster"),
]
