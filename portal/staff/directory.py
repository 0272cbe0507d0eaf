"""What the school's side opens that is no section of the record, and who may open it."""

from portal.access import rules
from portal.access.gate import Directory

CARD = Directory("card", may_see=(rules.staff_at_the_school, rules.gives_pins))  # search and View
RECORD = Directory(
    "record", may_see=(rules.guardian, rules.staff_at_the_school)
)  # what a parent's home shows, to staff
PINS = Directory("pin", may_see=(rules.gives_pins,), may_change=(rules.gives_pins,))
LETTERS = Directory("letters", may_see=(rules.prints_letters,))
SUSPENSIONS = Directory("suspensions", may_see=(rules.runs_the_portal,), may_change=(rules.runs_the_portal,))
USERS = Directory("users", may_see=(rules.gives_access,))
EMERGENCY = Directory("emergency-report", may_see=(rules.keeps_emergency_cards,))
EMERGENCY_HEALTH = Directory(
    "emergency-report", may_see=(rules.staff_granted_sensitive_records,)
)  # on the cards
DESK = Directory(
    "registrar", may_see=(rules.agrees_about_guardianship,), may_change=(rules.keeps_guardianship,)
)
JOBS = Directory("jobs", may_see=(rules.runs_the_portal,))
IMPORTS = Directory("imports", may_see=(rules.runs_the_portal,))
SETTINGS = Directory("settings", may_see=(rules.runs_the_portal,), may_change=(rules.runs_the_portal,))
SCHOOL_SETTINGS = Directory(
    "school-settings", may_see=(rules.staff_at_the_school,), may_change=(rules.answers_for_the_school,)
)
SCHOOL_SETTERS = Directory(
    "school-setting", may_see=(rules.answers_for_the_school,), may_change=(rules.answers_for_the_school,)
)  # who changes one
GOALS = Directory(
    "goals", may_see=(rules.answers_for_the_school,), may_change=(rules.answers_for_the_school,)
)  # how many families should be linked
ADOPTION = Directory("adoption", may_see=(rules.staff_at_the_school,))
