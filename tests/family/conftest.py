"""What the tests of this room share: the mail that waits to go out."""

from collections.abc import Callable

import pytest

from portal.people.models import Mail


@pytest.fixture
def sent(db: None) -> Callable[[], list[Mail]]:
    """Every mail posted so far, oldest first."""
    return lambda: list(Mail.objects.order_by("pk"))
