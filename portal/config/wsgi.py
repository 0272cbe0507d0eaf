"""The WSGI application that the server runs."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
application = get_wsgi_application()

from portal.access import login, registry  # noqa: E402 - the settings must stand before the rooms are read

registry.whole()
if settings.MODE != "test":  # tests build as the owner
    login.check()
