"""The desk: a person plays the assessor here, and sets the switches and faults."""

from django.contrib import admin
from django.contrib.auth.models import Group, User

from onefile_sandbox.admin import centre, learners, reviews, service

__all__ = ["centre", "learners", "reviews", "service"]

admin.site.site_header = "OneFile practice centre"
admin.site.site_title = "OneFile practice centre"
admin.site.index_title = "The assessor's desk"
admin.site.unregister([Group, User])  # the one of the desk itself is made at the start
