"""Addresses of the project."""

from django.contrib import admin
from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordChangeDoneView,
)
from django.urls import include, path

from picsweb.accounts.signing_in import SetPassword
from picsweb.accounts.wrong_passwords import ChangePassword
from picsweb.forms import SignInForm
from picsweb.health import health

urlpatterns = [
    path("", include("learners.urls")),
    path("", include("onefile_integration.urls")),
    path("", include("picsweb.accounts.urls")),
    path("sign-in/", LoginView.as_view(authentication_form=SignInForm), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("password/", ChangePassword.as_view(), name="password_change"),
    path("password/done/", PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/set/<uidb64>/<token>/", SetPassword.as_view(), name="set_password"),
    path("health", health, name="health"),
    path("admin/", admin.site.urls),
]
