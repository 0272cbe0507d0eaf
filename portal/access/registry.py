"""Every address with the rule that guards it. The portal does not start while one has none."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from portal.access import gate
from portal.access.gate import Directory, Ruled

DOORS = ("anyone", "family", "staff")
PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")


class Unguarded(SystemExit):
    """The portal may not start like this; the message names each address and what it lacks."""


@dataclass(frozen=True)
class Route:
    """One address, who may knock, and what the gate is asked behind the door."""

    address: str  # as declared: students/<ref:ref>/grades/
    name: str  # to reverse it by; empty for the addresses below a language code
    view: Callable[..., Any]

    @property
    def door(self) -> str:
        return getattr(self.view, "door", "")

    @property
    def asks(self) -> Ruled | None:
        """A section or a Directory; None where the account's own things are all there is."""
        said = getattr(self.view, "asks", None)
        return gate.DIRECTORIES.get(said) if isinstance(said, str) else said

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(PARAMETER.findall(self.address))

    @property
    def fault(self) -> str:
        """What the declaration lacks; empty when it is whole."""
        if self.door not in DOORS:
            return "says nowhere who may knock: put anyone, family_only or staff_only on its view"
        if self.asks is None and getattr(self.view, "asks", None):
            return f"asks for {self.view.asks!r}, which no Directory is called"  # type: ignore[attr-defined]
        if self.asks is None and ("ref" in self.parameters or self.door == "staff"):
            return "names no rule: put @asks(…) with its section or Directory on the view"
        return ""


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[Route]:
    """Every address of the portal."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, address)
        elif isinstance(pattern, URLPattern):
            yield Route(address, pattern.name or "", pattern.callback)


def whole() -> None:
    """Raises Unguarded for addresses without a rule, naming them."""
    faults = [f"/{route.address} {route.fault}" for route in routes() if route.fault]
    if faults:
        raise Unguarded("The portal does not start:\n" + "\n".join(faults))


def directories() -> list[Directory]:
    """What is asked beside the sections, in the order of its names."""
    list(routes())  # loads every room that has an address
    return [gate.DIRECTORIES[key] for key in sorted(gate.DIRECTORIES)]
