"""The portal without its second wall, to measure what the wall costs: it tells the database nothing, and logs in as one who
stands above every policy. `make bench` starts it beside the real one; nothing else does.
"""

from portal.access import context
from portal.config.wsgi import application
from portal.people import asking

__all__ = ["application"]


def _nothing(*_asked: object, **_more: object) -> None:
    pass


asking.become = context.become = _nothing
