"""Addresses of a booth: one page, which shows what the session is at, and what its script asks."""

from __future__ import annotations

from django.urls import path

from dauys.station.web.booth import views

urlpatterns = [
    path("", views.booth),
    path("state", views.state),
    path("touch", views.touch),
]
