"""Writes static/web/icons.svg from a copy of Phosphor Icons; run by hand when an icon is added, never by the portal.

    npm install @phosphor-icons/core@2.1.1
    python -m portal.web.sprite node_modules/@phosphor-icons/core

Symbols are called ph-<name>, ph-<name>-duotone, ph-<name>-fill. Each carries fill="currentColor": without it the
icons stay black in the dark theme.
"""

import re
import sys
from pathlib import Path

# Controls and states, beside a word.
REGULAR = (
    "address-book arrow-square-out bell calendar-blank caret-left caret-right check-circle circle-half clock "
    "envelope-simple eye eye-slash folder-open gear globe house identification-card lifebuoy list list-plus lock "
    "magnifying-glass minus-circle newspaper phone-call plus printer question shield-check sign-out squares-four "
    "student warning-circle x"
)
# Sections and menu pages, on tiles and in attention rows.
DUOTONE = (
    "books bus calendar-blank calendar-check chalkboard-teacher chart-bar clipboard-text clock-counter-clockwise "
    "envelope-simple exam file-text fingerprint fork-knife graduation-cap hand-heart identification-card laptop "
    "phone-call scales shield-check star student syringe translate upload-simple warning-circle"
)
# The current item of the bottom bar.
FILL = "house student calendar-blank bell lifebuoy"

SPRITE = Path(__file__).parent / "static" / "web" / "icons.svg"


def symbol(package: Path, name: str, weight: str) -> str:
    """One icon of one weight as a <symbol>."""
    file = name if weight == "regular" else f"{name}-{weight}"
    drawing = (package / "assets" / weight / f"{file}.svg").read_text(encoding="utf-8")
    paths = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", drawing)
    return f'<symbol id="ph-{file}" viewBox="0 0 256 256" fill="currentColor">{paths}</symbol>'


def main() -> None:
    package = Path(sys.argv[1])
    symbols = [
        symbol(package, name, weight)
        for weight, names in (("regular", REGULAR), ("duotone", DUOTONE), ("fill", FILL))
        for name in names.split()
    ]
    SPRITE.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
