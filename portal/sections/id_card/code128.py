"""The Student ID as a barcode. Source: ISO/IEC 15417, Code 128."""

from dataclasses import dataclass

from barcode.codex import Code128

QUIET = 10  # modules left white at each side


@dataclass(frozen=True)
class Barcode:
    """Bars along a line of modules."""

    width: int  # modules, the quiet zones included
    bars: tuple[tuple[int, int], ...]  # first module and width of each black bar


def barcode(text: str) -> Barcode | None:
    """The bars of a text; None for letters outside ASCII, which Code 128 has no signs for."""
    if not text or not text.isascii() or not text.isprintable():
        return None
    modules = Code128(text).build()[0]
    bars: list[tuple[int, int]] = []
    for at, module in enumerate(modules):
        if module == "1":
            if bars and sum(bars[-1]) == at + QUIET:
                bars[-1] = (bars[-1][0], bars[-1][1] + 1)
            else:
                bars.append((at + QUIET, 1))
    return Barcode(len(modules) + 2 * QUIET, tuple(bars))
