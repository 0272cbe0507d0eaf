"""The WSGI application that the server runs."""

import gc
import os
import threading

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402 - the settings must stand before the rooms are read
from django.utils.translation import trans_real  # noqa: E402

from portal.access import login, registry  # noqa: E402

registry.whole()
if settings.MODE != "test":  # tests build as the owner
    login.check()

# Django looks for the language and the connection in force with a search that also knows event loops, some three hundred
# times a page. Here each request has a thread to itself, from its first line to its last.
trans_real._active = threading.local()  # type: ignore[attr-defined]
connections._connections = threading.local()  # type: ignore[attr-defined]

# What stands now stays: the search for what nobody needs any more leaves it out, and comes by less often.
gc.collect()
gc.freeze()
gc.set_threshold(5_000, 10, 5)
