"""Addresses of the members' pages."""

from __future__ import annotations

from django.urls import path

from dauys.station.web.members import forms, night_views, views

urlpatterns = [
    path("", views.home),
    path("language", forms.language),
    path("step", views.step),
    path("owed", views.owed),
    path("test", views.test),
    path("incident", views.incident),
    path("reading", views.reading),
    path("screens", views.screens),
    path("count/<str:what>", night_views.count),
    path("equations/<str:what>", night_views.live),
    path("seal", night_views.seal),
    path("devices", night_views.devices),
    path("protocols", night_views.protocols),
    path("destroy", night_views.destroy),
    path("paper/<str:contest>/<str:channel>/<int:number>.pdf", night_views.pdf),
    path("tables/<str:name>", night_views.table),
]
