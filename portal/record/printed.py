"""PDFs of sections: set when someone asks, then kept until they would look different."""

from portal.access.grant import Grant
from portal.paper import sheets
from portal.paper.sheets import Sheet
from portal.people import limits
from portal.record.models import Printed


def pdf(grant: Grant, name: str, sheet: Sheet) -> bytes:
    """The PDF of a sheet. Raises NotReady, and TooMany for more than ten new ones an hour.

    name: the sheet's own among those of the section, language included.
    """
    version = sheet.version
    kept = Printed.rows.under(grant).filter(section=grant.section, name=name, version=version).first()
    if kept is not None:
        return bytes(kept.pdf)
    limits.hit("paper", str(grant.person.pk))
    made = sheets.pdf(sheet)
    Printed.rows.under(grant).update_or_create(
        student=grant.student, section=grant.section, name=name, defaults={"version": version, "pdf": made}
    )
    return made
