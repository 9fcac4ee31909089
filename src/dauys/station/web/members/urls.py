"""Addresses of the members' pages."""

from __future__ import annotations

urlpatterns: list[object] = []
