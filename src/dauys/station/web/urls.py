"""Every address of a station."""

from __future__ import annotations

from django.urls import include, path

from dauys.station.web import common

urlpatterns = [
    path("", common.home),
    path("pair", common.pair),
    path("assets/<path:name>", common.asset),
    path("ca.pem", common.authority),
    path("booth/", include("dauys.station.web.booth.urls")),
    path("desk/", include("dauys.station.web.desk.urls")),
    path("members/", include("dauys.station.web.members.urls")),
]
handler400 = handler403 = handler404 = "dauys.station.web.common.missing"
handler500 = "dauys.station.web.common.failed"
