"""The record of access in the words of the school's side: one table for the audit log and a student's history.

Families read their own words, which speak to them: privacy/words.py.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.privacy import words
from portal.record.contents import sections

Words = str | Promise
REFUSED = "refused"

WHAT: dict[str, Words] = words.WHAT | {
    "adoption": _("PINs and families"),
    "audit": _("Audit log"),
    "bulk_brake": _("Limit on students opened"),
    "emergency-report": _("New Emergency Contact Report"),
    "imports": _("Import monitor"),
    "letters": _("PIN letters"),
    "link": _("Link to an account"),
    "record": _("Overview"),
    "registrar": _("Registrar desk"),
    "search": _("Search"),
    "settings": _("Settings"),
    "school-settings": _("School settings"),
    "suspensions": _("Stopped: opened too many records"),
    "users": _("User Manager"),
}
DID: dict[str, Words] = {
    "access_given": _("Gave an employee access"),
    "access_kept": _("Kept an employee's access"),
    "access_removed": _("Ended an employee's access"),
    "account_seen": _("Opened a parent's account"),
    "account_unlocked": _("Ended the wait of a parent's account"),
    "address_changed": _("Changed an address"),
    "cards_printed": _("Printed emergency cards"),
    "check_failed": _("Could not verify the person who asked"),
    "contacts_changed": _("Changed the emergency contacts"),
    "copied": _("Got a copy"),
    "copy_asked": _("Asked for a copy"),
    "copy_opened": _("Opened the copy"),
    "correction_answered": _("Answered a request"),
    "correction_asked": _("Asked for a correction"),
    "email_corrected": _("Started to correct a parent's email"),
    "email_shown": _("Showed an account's email"),
    "exported": _("Downloaded a file"),
    "give_back_asked": _("Asked to give access"),
    "give_back_declined": _("Declined to give access"),
    "given_back": _("Agreed to give access"),
    "goal_set": _("Set a goal"),
    "guardian_added": _("Added a parent or guardian"),
    "hearing_asked": _("Asked for a hearing"),
    "history_seen": _("Looked at who worked with this record"),
    "identity_checked": _("Checked a parent's identity"),
    "letter_printed": _("Printed a PIN letter"),
    "letters_asked": _("Asked for PIN letters"),
    "link_sent": _("Sent a sign-in link to a parent"),
    "linked": _("Added the student"),
    "listed": _("Looked at a list"),
    "marked_new": _("Marked a change as new again"),
    "note_put": _("Wrote a note"),
    "pin_given": _("Gave a PIN"),
    "pin_renewed": _("Made a new PIN"),
    "pin_shown": _("Showed a PIN"),
    "print": _("Printed it"),
    "pulled": _("Fetched the roster"),
    "question_answered": _("Answered a question"),
    "question_asked": _("Asked why someone looked"),
    REFUSED: _("Turned away"),
    "rejected": _("Rejected a held set"),
    "release_asked": _("Asked to release a held set"),
    "released": _("Released a held set"),
    "removed": _("Took the student off the account"),
    "report_downloaded": _("Downloaded a report"),
    "report_printed": _("Printed a report"),
    "reported": _("Reported a link as not theirs"),
    "reviewed": _("Marked a change as reviewed"),
    "retried": _("Tried rows of an import again"),
    "ignored": _("Passed over rows of an import until they change"),
    "heeded": _("Looks at passed-over rows of an import again"),
    "scan_kept": _("Kept the scan of a court order"),
    "scan_opened": _("Opened the scan of a court order"),
    "search": _("Searched"),
    "see": _("Looked at it"),
    "sent": _("Got this data"),
    "setting_changed": _("Changed a setting"),
    "suspended": _("Stopped: opened too many records"),
    "suspension_lifted": _("Let in again"),
    "taken_away": _("Took access away"),
    "taking_checked": _("Checked a paper"),
    "verified": _("Typed the PIN again"),
    "wrong_tries": _("Typed wrong PINs"),
}


def acts() -> dict[str, Words]:
    """Everything somebody may have done; what families do on the pages of sections, by the titles of those pages."""
    return {act.name: act.title for section in sections() for act in section.acts} | DID


def parts() -> dict[str, Words]:
    """Everything it may have been done with."""
    return {section.key: section.title for section in sections()} | WHAT


def did(action: str) -> str:
    return str(acts().get(action, action))


def what(section: str) -> str:
    return str(parts().get(section, section))
