"""The portal without its second wall, to measure what the wall costs: it tells the database nothing, and logs in as one who
stands above every policy. `make bench` starts it beside the real one; nothing else does.
"""

from django.core.wsgi import get_wsgi_application

from portal.access import context
from portal.people import asking

application = get_wsgi_application()  # the portal's own would refuse such a login


def _nothing(*_asked: object, **_more: object) -> None:
    pass


asking.become = context.become = _nothing
