from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, re_path

from onefile_sandbox import api, control


def desk(request: HttpRequest) -> HttpResponse:
    return redirect("admin:index")


urlpatterns = [
    path("", desk),
    # Both cases spelled out: with a flag in one pattern Django can name no address of the desk.
    re_path(r"^[aA][pP][iI]/[vV]2\.1/(?P<path>.*)$", api.entry),
    path("control/<slug:name>", control.entry),
    path("admin/", admin.site.urls),
]
