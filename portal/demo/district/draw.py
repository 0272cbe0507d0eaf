"""Chance that repeats itself: the same key gives the same numbers on every machine."""

from random import Random


def draw_for(*key: object) -> Random:
    return Random("/".join(map(str, key)))  # noqa: S311 - invented people, not secrets
