"""What stands in the menus, in the order families and schools know it; a page that does not exist yet is left out."""

from functools import cache
from typing import NamedTuple

from django.urls import get_resolver, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Entry(NamedTuple):
    label: str | Promise
    page: str  # the name of its address
    icon: str
    path: str = ""  # filled in when the entry is open
    asks: str = ""  # staff: the Directory that a post must open; empty for everyone on duty


BAR = (
    Entry(_("Home"), "home", "house"),
    Entry(_("Students"), "students", "student"),
    Entry(_("Calendar"), "calendar", "calendar-blank"),
    Entry(_("Alerts"), "alerts", "bell"),
    Entry(_("Help"), "help", "lifebuoy"),
)

FAMILY = (
    Entry(_("Home"), "home", "house"),
    Entry(_("Students"), "students", "student"),
    Entry(_("Student ID Cards"), "id_cards", "identification-card"),
    Entry(_("Calendar"), "calendar", "calendar-blank"),
    Entry(_("Contacts"), "contacts", "address-book"),
    Entry(_("News and Events"), "news", "newspaper"),
    Entry(_("Resources"), "resources", "folder-open"),
    Entry(_("FAQ"), "faq", "question"),
    Entry(_("District Support"), "support", "lifebuoy"),
    Entry(_("Preferences"), "preferences", "gear"),
    Entry(_("Programs"), "programs", "squares-four"),
    Entry(_("Privacy"), "privacy", "shield-check"),
    Entry(_("Help"), "help", "lifebuoy"),
)

STAFF = (
    Entry(_("Home"), "staff_home", "house"),
    Entry(_("Parent/Student Search"), "staff_search", "magnifying-glass"),
    Entry(_("My list"), "staff_list", "list-plus", asks="letters"),
    Entry(_("New Emergency Contact Report"), "staff_emergency_report", "phone-call"),
    Entry(_("Registrar desk"), "staff_registrar_desk", "shield-check", asks="registrar"),
    Entry(_("Corrections"), "staff_corrections", "check-circle", asks="deciding"),
    Entry(_("PINs and families"), "staff_adoption", "student", asks="adoption"),
    Entry(_("Import monitor"), "staff_imports", "folder-open", asks="imports"),
    Entry(_("Audit log"), "staff_audit", "eye", asks="audit"),
    Entry(_("User Manager"), "staff_user_manager", "identification-card", asks="users"),
    Entry(_("Settings"), "staff_settings", "gear", asks="settings"),
    Entry(_("School settings"), "staff_settings_schools", "gear", asks="school-settings"),
)


@cache
def has_page(name: str) -> bool:
    """Whether an address of this name exists in this portal, whatever it takes."""
    return name in get_resolver().reverse_dict


@cache
def entries(which: str) -> tuple[Entry, ...]:
    """The open entries of one menu: "bar", "family" or "staff"."""
    listed = {"bar": BAR, "family": FAMILY, "staff": STAFF}[which]
    return tuple(entry._replace(path=reverse(entry.page)) for entry in listed if has_page(entry.page))
