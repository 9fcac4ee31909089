"""Addresses of the members' pages."""

from __future__ import annotations

from django.urls import path

from dauys.station.web.members import acts, views

urlpatterns = [
    path("", views.home),
    path("language", acts.language),
    path("step", views.step),
    path("owed", views.owed),
    path("test", views.test),
    path("incident", views.incident),
    path("reading", views.reading),
    path("screens", views.screens),
    path("count/<str:what>", views.count),
    path("equations/<str:what>", views.live),
    path("seal", views.seal),
    path("devices", views.devices),
    path("protocols", views.protocols),
    path("destroy", views.destroy),
    path("paper/<str:contest>/<str:channel>/<int:number>.pdf", views.pdf),
    path("tables/<str:name>", views.table),
]
