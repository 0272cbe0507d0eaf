"""The lines printed when the demo answers: who can sign in, and where."""

from portal.demo.accounts import PASSWORD
from portal.demo.district import cast


def text(address: str) -> str:
    """A few sign-ins to begin with; all of them stand on /demo/."""
    people = (
        (cast.MARISOL, "four children at three schools, Spanish"),
        (cast.PARISA, "two children, Persian"),
        (cast.GRACE, "one child, English"),
    )
    lines = [f"  {adult.email:<32} {says}" for adult, says in people]
    return "\n".join(
        [
            "",
            "Families sign in with these addresses; the password of each is:  " + PASSWORD,
            *lines,
            "",
            f"Everyone else, PIN letters and staff:  {address}demo/",
            f"Mail the portal sent:                  {address}demo/mail/",
            "Stop with Ctrl-C. Your data stays; `make reset` removes it.",
        ]
    )
