from django.contrib import admin
from django.urls import path, re_path

from onefile_sandbox import api, control

urlpatterns = [
    re_path(r"(?i)^api/v2\.1/(?P<path>.*)$", api.entry),
    path("control/<slug:name>", control.entry),
    path("admin/", admin.site.urls),
]
