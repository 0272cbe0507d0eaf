"""The portal without its second wall, to measure what the wall costs: it tells the database nothing, and logs in as one who
stands above every policy. `make bench` starts it beside the real one; nothing else does.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
application = get_wsgi_application()  # the portal's own would refuse such a login

from portal.access import context  # noqa: E402 - the settings must stand before the rooms are read
from portal.people import asking  # noqa: E402

__all__ = ["application"]


def _nothing(*_asked: object, **_more: object) -> None:
    pass


asking.become = context.become = _nothing
