"""Django without what a station must not have: no database, no sessions, no log of requests, no mail."""

from __future__ import annotations

import logging
from secrets import token_urlsafe

import django
from django.conf import settings

#: A form of a station is short: letters of a card, a search, a reason.
LARGEST_BODY = 65_536


def configure() -> None:
    """Set Django up once a process. The secret key is made at random, is kept nowhere, and signs nothing."""
    if settings.configured:
        return
    settings.configure(
        DEBUG=False,
        SECRET_KEY=token_urlsafe(48),
        ALLOWED_HOSTS=["*"],  # the guard compares the host with those of its own services
        ROOT_URLCONF="dauys.station.web.urls",
        MIDDLEWARE=["dauys.station.web.middleware.Guard"],
        INSTALLED_APPS=[],
        DATABASES={},
        CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
        LOGGING_CONFIG=None,
        USE_I18N=False,
        USE_TZ=True,
        TIME_ZONE="UTC",
        APPEND_SLASH=False,
        FILE_UPLOAD_HANDLERS=[],
        DATA_UPLOAD_MAX_MEMORY_SIZE=LARGEST_BODY,
        DATA_UPLOAD_MAX_NUMBER_FIELDS=300,
    )
    django.setup(set_prefix=False)
    quiet = logging.getLogger("django")
    quiet.handlers, quiet.propagate = [logging.NullHandler()], False
