"""Addresses of the check-in desk."""

from __future__ import annotations

urlpatterns: list[object] = []
