"""Addresses of the check-in desk: one page, and what its script asks."""

from __future__ import annotations

from django.urls import path

from dauys.station.web.desk import views

urlpatterns = [
    path("", views.desk),
    path("find", views.find),
    path("state", views.state),
]
