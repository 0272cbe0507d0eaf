"""The jobs alone, beside a database that somebody else keeps running; for the rounds of killing."""

import django
from django.conf import settings


def main() -> None:
    django.setup()
    assert settings.DEMO
    from portal.config import house

    house.work()


if __name__ == "__main__":
    main()
