"""Starts and stops the whole house: database, web, worker; what `portal run` does."""

from django.core.management import call_command


def migrate() -> None:
    """Brings the database to this version; quick when there is nothing to do."""
    call_command("migrate", verbosity=0, interactive=False)
