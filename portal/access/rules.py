"""Who may see what, as small named questions. The words of each are printed in docs/who_sees_what.md."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.access.models import Post
from portal.family.models import Guardianship
from portal.family.standing import Child


@dataclass(frozen=True)
class Case:
    """What the gate knows when it asks: a family's child, or a staff post that covers the student's school."""

    on: date
    child: Child | None = None
    post: Post | None = None


Rule = Callable[[Case], bool]


def linked(case: Case) -> bool:
    """The account that has the child on its list, however its rights stand now."""
    return case.child is not None


def guardian(case: Case) -> bool:
    """A linked parent or guardian the school has verified, with full or limited rights, while they last."""
    return case.child is not None and case.child.standing.readable


def guardian_with_full_rights(case: Case) -> bool:
    """A linked parent or guardian with full educational rights, while they last."""
    return (
        guardian(case)
        and case.child is not None
        and case.child.guardianship.educational_rights == Guardianship.Rights.FULL
    )


def guardian_of_an_enrolled_student(case: Case) -> bool:
    """A linked parent or guardian, as above, of a student who has not left the district."""
    left_on = case.child.student.left_on if case.child else None
    return guardian(case) and (left_on is None or case.on <= left_on)


def staff_at_the_school(case: Case) -> bool:
    """Staff whose post covers the student's school and lets them read records; auditors and PIN-only posts do not."""
    return case.post is not None and case.post.role in {
        Post.Role.OFFICE_MANAGER,
        Post.Role.PRINCIPAL,
        Post.Role.ASSISTANT_PRINCIPAL,
        Post.Role.COUNSELOR,
        Post.Role.REGISTRAR,
        Post.Role.REGION_FAMILY_OFFICE,
        Post.Role.FAMILY_HOTLINE,
        Post.Role.DISTRICT_ADMINISTRATOR,
    }


def staff_granted_sensitive_records(case: Case) -> bool:
    """Staff who may read records, as above, and are principal or assistant principal or hold a post granted this."""
    return (
        staff_at_the_school(case)
        and case.post is not None
        and (
            case.post.role in {Post.Role.PRINCIPAL, Post.Role.ASSISTANT_PRINCIPAL} or case.post.sees_sensitive
        )
    )


def keeps_emergency_cards(case: Case) -> bool:
    """The principal and the office manager or administrative assistant of the student's school."""
    return case.post is not None and case.post.role in {Post.Role.PRINCIPAL, Post.Role.OFFICE_MANAGER}


def keeps_guardianship(case: Case) -> bool:
    """The registrar whose post covers the student's school."""
    return case.post is not None and case.post.role == Post.Role.REGISTRAR


def agrees_about_guardianship(case: Case) -> bool:
    """Registrars and principals whose post covers the student's school: one of them is the second person."""
    return keeps_guardianship(case) or (case.post is not None and case.post.role == Post.Role.PRINCIPAL)


def runs_the_portal(case: Case) -> bool:
    """The district's administrators."""
    return case.post is not None and case.post.role == Post.Role.DISTRICT_ADMINISTRATOR


def gives_pins(case: Case) -> bool:
    """Staff whose post covers the student's school and reaches PINs."""
    return case.post is not None and case.post.gives_pins


def prints_letters(case: Case) -> bool:
    """Staff of the school whom the principal lets reach PINs, and the district's family offices."""
    return gives_pins(case)


def gives_access(case: Case) -> bool:
    """A principal at their school, a family office in its region, an administrator in the district."""
    return case.post is not None and case.post.role in {
        Post.Role.PRINCIPAL,
        Post.Role.REGION_FAMILY_OFFICE,
        Post.Role.DISTRICT_ADMINISTRATOR,
    }


def answers_for_the_school(case: Case) -> bool:
    """Principals, assistant principals and district administrators whose post covers the student's school."""
    return case.post is not None and case.post.role in {
        Post.Role.PRINCIPAL,
        Post.Role.ASSISTANT_PRINCIPAL,
        Post.Role.DISTRICT_ADMINISTRATOR,
    }


def reads_the_record_of_access(case: Case) -> bool:
    """Auditors, principals and district administrators, each for the places their post covers."""
    return case.post is not None and case.post.role in {
        Post.Role.AUDITOR,
        Post.Role.PRINCIPAL,
        Post.Role.DISTRICT_ADMINISTRATOR,
    }


def name(rule: Rule) -> str:
    """The rule's name as the record of access keeps it."""
    return rule.__name__


def words(rule: Rule) -> str:
    """The rule's first sentence, for a reader who does not read code."""
    return (rule.__doc__ or "").strip().splitlines()[0]
