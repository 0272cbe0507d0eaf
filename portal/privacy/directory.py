"""What the gate is asked before a privacy page."""

from portal.access import rules
from portal.access.gate import Directory

LOG = Directory("privacy_log", may_see=(rules.guardian,), may_change=(rules.guardian,))
COPY = Directory("privacy_copy", may_see=(rules.guardian,), may_change=(rules.guardian,))
CORRECTION = Directory("correction", may_see=(rules.guardian,), may_change=(rules.guardian_with_full_rights,))
DECIDING = Directory(
    "deciding", may_see=(rules.answers_for_the_school,), may_change=(rules.answers_for_the_school,)
)
