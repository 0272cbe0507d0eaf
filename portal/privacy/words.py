"""The record of access in a family's words: who, what, and why; never a name of staff, never a rule's name."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.access.models import Post
from portal.audit.log import MACHINE
from portal.audit.models import Access, Purpose
from portal.record.contents import sections
from portal.web import formats

SEE = "see"
DID: dict[str, str | Promise] = {
    SEE: gettext_lazy("Looked at it"),
    "account_seen": gettext_lazy("Looked at a parent's account"),
    "account_unlocked": gettext_lazy("Ended the wait of a parent's account"),
    "address_changed": gettext_lazy("Changed an address"),
    "check_failed": gettext_lazy("Checked who was asking. No PIN was given"),
    "contacts_changed": gettext_lazy("Changed the list of people to call"),
    "copied": gettext_lazy("You got a copy"),
    "copy_asked": gettext_lazy("You asked for a copy"),
    "copy_opened": gettext_lazy("You opened your copy"),
    "correction_answered": gettext_lazy("Answered your request"),
    "email_corrected": gettext_lazy("Started to correct a parent's email"),
    "email_shown": gettext_lazy("Looked at the email address of your account"),
    "give_back_asked": gettext_lazy("Asked a second person to agree to a change of your rights"),
    "give_back_declined": gettext_lazy("Did not change your rights"),
    "given_back": gettext_lazy("Changed your rights. Two people agreed"),
    "guardian_added": gettext_lazy("Listed you as an adult of this student"),
    "history_seen": gettext_lazy("Looked at who worked with this record"),
    "identity_checked": gettext_lazy("Checked who you are"),
    "letter_printed": gettext_lazy("Printed your PIN letter"),
    "link_sent": gettext_lazy("Sent a sign-in link to a parent"),
    "pin_given": gettext_lazy("PIN given"),
    "pin_renewed": gettext_lazy("Made a new PIN"),
    "pin_shown": gettext_lazy("Showed your PIN on the screen"),
    "print": gettext_lazy("Printed it"),
    "question_answered": gettext_lazy("Answered your question"),
    "refused": gettext_lazy("Tried to open this record. It stayed closed"),
    "scan_kept": gettext_lazy("Kept a court paper that names you"),
    "scan_opened": gettext_lazy("Opened a court paper that names you"),
    "sent": gettext_lazy("Got this data"),
    "taken_away": gettext_lazy("Limited your rights"),
    "taking_checked": gettext_lazy("Checked the paper that limits your rights"),
}
OWN = ("copied", "copy_opened")  # of the family's own acts, those listed: a copy left the portal
WHAT: dict[str, str | Promise] = {
    "card": gettext_lazy("Student card"),
    "correction": gettext_lazy("Request for a correction"),
    "deciding": gettext_lazy("Request for a correction"),
    "home": gettext_lazy("Overview"),
    "pin": gettext_lazy("Parent Portal PIN"),
    "privacy_copy": gettext_lazy("Copy of the record"),
    "privacy_log": gettext_lazy("Privacy log"),
    "registrar": gettext_lazy("Registrar desk"),
}
BECAUSE: dict[str, str | Promise] = {
    "agrees_about_guardianship": gettext_lazy("Keeps guardianship"),
    "gives_pins": gettext_lazy("Gives out PINs"),
    "staff_at_the_school": gettext_lazy("Works for the school"),
}
OFFICE = {Post.Role.OFFICE_MANAGER.value: gettext_lazy("Main office")}


def who(row: Access) -> str:
    """Main office, Lincoln High; the name of a service; or the reader."""
    if row.role == MACHINE:
        return row.machine
    if row.role == "guardian":
        return _("You")
    role = OFFICE.get(row.role) or next(
        (each.label for each in Post.Role if each.value == row.role), row.role
    )
    return formats.listed([role, formats.isolated(row.place)]) if row.place else str(role)


def what(row: Access) -> str:
    """The section, as its own page is called."""
    titles = {section.key: section.title for section in sections()}
    return str(titles.get(row.section) or WHAT.get(row.section) or _("School record"))


def did(row: Access) -> str:
    return str(DID.get(row.action) or _("Worked with it"))


def why(row: Access) -> str:
    """What staff said; without it, what their work is."""
    if row.purpose == Purpose.OTHER:
        return row.purpose_words
    if row.purpose:
        return str(Purpose(row.purpose).label)
    return str(BECAUSE.get(row.why, ""))
