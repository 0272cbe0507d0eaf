"""The access matrix: every address by every kind of actor for an own, another's, a gone and no child, to see and to change.

The addresses come from the registry. What is right comes from the words of the rules, written down once more in ADMITS: a
new address needs nothing here, a new rule needs its line, and without one the test fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from portal.access import gate, registry, rules
from portal.access.models import Post
from portal.family.models import Guardian, Link
from portal.people import rates
from portal.people.models import Person, reference
from portal.students.models import Org, Student
from tests.api.asking import app_of
from tests.cast import guardianship, link, person, rostered

OWN, OTHER, GONE, NOBODY = "own", "other", "gone", "nobody"
CHILDREN = (OWN, OTHER, GONE, NOBODY)

# Families: "own" is the child on their account. Staff: "own" goes to Oak School, "gone" left it, "other" goes to a school of
# another region.
READERS = ("clerk", "principal", "registrar", "region", "district")
AT_OAK = (OWN, GONE)
EVERYWHERE = (OWN, OTHER, GONE)


def staff(*actors: str) -> dict[str, tuple[str, ...]]:
    """Who of these reaches whom: a post at the district reaches all."""
    return {actor: EVERYWHERE if actor in ("district", "auditor") else AT_OAK for actor in actors}


RIGHTS = ("full", "other_parent", "student_of_18")
ADMITS: dict[str, dict[str, tuple[str, ...]]] = {
    # A child whose link was ended is on no list; a restricted or expired right keeps it on the list, closed.
    "linked": dict.fromkeys((*RIGHTS, "limited", "restricted", "expired"), (OWN,)),
    "guardian": dict.fromkeys((*RIGHTS, "limited"), (OWN,)),
    "guardian_with_full_rights": dict.fromkeys(RIGHTS, (OWN,)),
    "guardian_of_an_enrolled_student": dict.fromkeys((*RIGHTS, "limited"), (OWN,)),
    "staff_at_the_school": staff(*READERS),
    "staff_granted_sensitive_records": staff("principal"),
    "keeps_emergency_cards": staff("clerk", "principal"),
    "keeps_guardianship": staff("registrar"),
    "agrees_about_guardianship": staff("registrar", "principal"),
    "runs_the_portal": staff("district"),
    "gives_pins": staff("pin_administrator", "region"),
    "prints_letters": staff("pin_administrator", "region"),
    "gives_access": staff("principal", "region", "district"),
    "answers_for_the_school": staff("principal", "district"),
    "reads_the_record_of_access": staff("auditor", "principal", "district"),
}
FAMILY = (
    "without_a_child", "full", "limited", "restricted", "expired", "revoked", "other_parent", "student_of_18",
)  # fmt: skip
STAFF = (
    "teacher", "clerk", "clerk_elsewhere", "principal", "registrar", "pin_administrator", "region", "district", "auditor",
)  # fmt: skip
OUTSIDE = ("stranger", "pending", "machine")
REFUSED = (302, 303, 401, 403, 404, 405, 410, 415, 422, 400)


@dataclass
class World:
    people: dict[str, Person]
    children: dict[str, dict[str, str]]  # by actor: the reference of each kind of child


def an_adult(student: Student, name: str, **more: Any) -> tuple[Person, Link]:
    on_file = Guardian.objects.create(**rostered(f"x-{name}"), given_name=name.title(), family_name="Xu")
    who = person(name.title(), "Xu", f"{name}@example.org")
    return who, link(who, guardianship(student, on_file, **more))


def a_worker(name: str, role: str, place: Org, **more: Any) -> Person:
    worker = person(name.title(), "Post", f"{name}@staff.example.org", kind=Person.Kind.STAFF)
    Post.objects.create(person=worker, role=role, place=place, begins_at=now() - timedelta(days=9), **more)
    return worker


@pytest.fixture
def world(family) -> World:
    today = localdate()
    west = Org.objects.create(**rostered("west"), name="Region West", type="local", parent=family.district)
    far = Org.objects.create(**rostered("far"), name="Far School", type="school", parent=west)
    common = {"family_name": "Zhou", "grade": "12", "birth_date": date(today.year - 15, 1, 1)}
    kim = Student.objects.create(
        **rostered("kim"), student_id="111111X111", given_name="Kim", school=far, **common
    )
    lou = Student.objects.create(
        **(rostered("lou") | {"active": False}), student_id="222222X222", given_name="Lou", school=family.oak,
        left_on=today - timedelta(days=400), **common,
    )  # fmt: skip
    zed = Student.objects.create(
        **rostered("zed"), student_id="333333X333", given_name="Zed", school=family.oak,
        **(common | {"birth_date": date(today.year - 18, 1, 1)}),
    )  # fmt: skip
    people = {"full": family.mother, "restricted": family.father, "without_a_child": family.stranger}
    people["pending"] = person("Penny", "Ding", "pending@example.org")
    people["limited"], _tie = an_adult(family.ana, "limited", educational_rights="limited")
    people["expired"], _tie = an_adult(family.ana, "expired", ends=today - timedelta(days=1))
    people["other_parent"], _tie = an_adult(family.ana, "other_parent")
    people["student_of_18"], _tie = an_adult(zed, "student_of_18", relationship="selfAdult")
    people["revoked"], tie = an_adult(family.ana, "revoked")
    tie.ended_at, tie.ended_because = now(), Link.Ended.SCHOOL
    tie.save()
    oak, role = family.oak, Post.Role
    people["teacher"] = a_worker("teacher", role.TEACHER, oak)
    people["clerk"] = a_worker("clerk", role.OFFICE_MANAGER, oak)
    people["clerk_elsewhere"] = a_worker("clerk_elsewhere", role.OFFICE_MANAGER, family.lincoln)
    people["principal"] = a_worker("principal", role.PRINCIPAL, oak)
    people["registrar"] = a_worker("registrar", role.REGISTRAR, oak)
    people["pin_administrator"] = a_worker("pin_administrator", role.PIN_ADMINISTRATOR, oak, gives_pins=True)
    people["region"] = a_worker("region", role.REGION_FAMILY_OFFICE, oak.parent, gives_pins=True)
    people["district"] = a_worker("district", role.DISTRICT_ADMINISTRATOR, family.district)
    people["auditor"] = a_worker("auditor", role.AUDITOR, family.district)
    usual = {OWN: family.ana.ref, OTHER: kim.ref, GONE: lou.ref, NOBODY: reference()}
    children = {actor: dict(usual) for actor in (*FAMILY, *STAFF, *OUTSIDE)}
    children["student_of_18"][OWN] = zed.ref
    return World(people, children)


@pytest.fixture
def clients(world, visit) -> dict[str, Client]:
    """Everyone signed in. A pending account's session is none; a machine's key opens no family's door."""
    made = {actor: visit(world.people.get(actor)) for actor in (*FAMILY, *STAFF, *OUTSIDE)}
    Person.objects.filter(pk=world.people["pending"].pk).update(state=Person.State.PENDING)
    for actor in (*FAMILY, "pending"):  # below /api/ a token speaks, and no cookie does
        made[actor].defaults["HTTP_AUTHORIZATION"] = f"Bearer {app_of(world.people[actor]).token}"
    made["machine"].defaults["HTTP_AUTHORIZATION"] = "Bearer " + "k" * 43
    for client in made.values():
        client.raise_request_exception = False
    return made


def about_a_child(route: registry.Route) -> bool:
    return (
        bool(re.search(r"(students|privacy|registrar)/<(?:ref|str):ref>", route.address))
        or "done/<str:ref>" in route.address
    )


def addresses() -> Iterator[registry.Route]:
    """Every address but the same again below the code of a language."""
    for route in registry.routes():
        if route.name and not route.address.startswith("demo/"):
            yield route


WORDS = {"day": "2026-10-05", "on": "2026-10-05", "month": "2026-10", "card": "1", "year": "2026"}


def filled(route: registry.Route, ref: str) -> str:
    """The address with this child in it; everything else it names is not there."""

    def word(found: re.Match[str]) -> str:
        kind, _colon, name = found[1].rpartition(":")
        if name == "ref":
            return ref
        return {"int": "1", "day": "2026-10-05", "month": "2026-10", "ref": "aaaaaaaaaa"}.get(
            kind
        ) or WORDS.get(name, "aaaaaaaaaa")

    return "/" + re.sub(r"<([^>]+)>", word, route.address)


def right(asked: gate.Ruled, actor: str, child: str, change: bool) -> bool:
    """Whether the words of the rules let this actor see (or change) what is asked of this child."""
    said = asked.may_change if change else asked.may_see
    return any(child in ADMITS[rules.name(rule)].get(actor, ()) for rule in said)


def test_every_rule_has_its_line_and_every_line_its_rule():
    names = {
        name for name, rule in vars(rules).items()
        if callable(rule) and getattr(rule, "__module__", "") == rules.__name__ and not isinstance(rule, type)
    } - {"name", "words"}  # fmt: skip
    assert ADMITS.keys() == names


def test_the_gate_answers_every_actor_as_the_rules_say(world):
    """What each address asks of the gate, section or Directory, for every actor and child, to see and to change."""
    asked = {route.asks.key: route.asks for route in registry.routes() if route.asks}
    wrong = []
    for actor in (*FAMILY, *STAFF):
        acting = gate.Actor(world.people[actor], now())
        for key, each in asked.items():
            for child in CHILDREN:
                try:
                    grant = gate.admit(acting, world.children[actor][child], each)
                except (gate.NotHere, gate.Closed, gate.NotOpen):
                    grant = None
                if getattr(each, "key", "") == "link" and actor in FAMILY:
                    continue  # asked of the list itself, see below
                said = (grant is not None, bool(grant and grant.may_change))
                told = right(each, actor, child, False)
                meant = (told, told and right(each, actor, child, True))
                if said != meant:
                    wrong.append((key, actor, child, "seen, changed", said, "right", meant))
    assert wrong == []


def test_every_address_opens_to_those_the_rules_name_and_to_nobody_else(world, clients, monkeypatch):
    """Through the whole house: sessions, doors, gate, page; GET, and an empty POST.

    A child who is gone or was never there is asked of the gate above, and compared byte for byte below.
    """
    opened: list[tuple[str, str]] = []
    admit = gate.admit

    def watched(actor: gate.Actor, ref: str, asked: gate.Ruled) -> Any:
        grant = admit(actor, ref, asked)
        opened.append((ref, asked.key))
        return grant

    monkeypatch.setattr(gate, "admit", watched)
    wrong = []
    for route in addresses():
        if not about_a_child(route):
            continue
        assert route.asks is not None, route.address
        door_for = FAMILY if route.door == "family" else STAFF
        takes_forms = True
        for actor in sorted((*FAMILY, *STAFF, *OUTSIDE), key=lambda actor: actor not in door_for):
            # Behind another's door one child says as much as four, and what only shows says so to the first who posts.
            asked = [("get", OWN)] + [("post", OWN)] * takes_forms + [("get", OTHER)] * (actor in door_for)
            for method, child in asked:
                ref = world.children[actor][child]
                opened.clear()
                rates.forget()
                sid = transaction.savepoint()
                answer = getattr(clients[actor], method)(filled(route, ref))
                transaction.savepoint_rollback(sid)
                transaction.savepoint_commit(sid)  # else each stays open and holds a lock
                takes_forms = takes_forms and (method, answer.status_code) != ("post", 405)
                inside = (ref, route.asks.key) in opened
                told = actor in door_for and right(route.asks, actor, child, False)
                if route.asks.key == "link":  # these look at the account's own list
                    inside = told and answer.status_code != 404
                fine = inside == told or (told and answer.status_code in (302, 405, 415, 429))
                if not told:
                    fine = (
                        fine
                        and answer.status_code in REFUSED
                        and ref.encode() not in answer.content.replace(filled(route, ref).encode(), b"")
                    )
                if answer.status_code >= 500 or not fine:
                    wrong.append((method, route.address, actor, child, answer.status_code, inside, told))
    assert wrong == []


def test_pages_of_no_one_child_show_nobody_elses(world, clients):
    """Lists, searches, reports and the account's own pages: no word of a child the rules do not name."""
    marks = {
        child: [
            Student.objects.filter(ref=world.children["full"][child]).values_list("student_id", "ref").first()
        ]
        for child in (OWN, OTHER, GONE)
    }
    wrong = []
    for route in addresses():
        if about_a_child(route) or route.parameters:
            continue
        for actor in (*FAMILY, *STAFF, *OUTSIDE):
            if actor == "student_of_18":
                continue  # whose own child is another
            rates.forget()
            sid = transaction.savepoint()
            answer = clients[actor].get(f"/{route.address}", {"search_by": "student", "last_name": "Zhou", "active": ""}
                                        if route.name == "staff_search" else {})  # fmt: skip
            transaction.savepoint_rollback(sid)
            transaction.savepoint_commit(sid)  # else each stays open and holds a lock
            shown = b"".join(answer.streaming_content) if answer.streaming else answer.content
            at = [child for child, (words,) in marks.items() if any(word.encode() in shown for word in words)]
            door = {"family": FAMILY, "staff": STAFF}.get(route.door)
            closed = door is not None and actor not in door
            for child in at:
                asked = route.asks or gate.LINKED  # an account's own pages may name the children on its list
                listed = right(gate.LINKED, actor, child, False) or right(asked, actor, child, False)
                if closed or not listed:
                    wrong.append((route.address, actor, child, answer.status_code))
            if closed and answer.status_code not in REFUSED:
                wrong.append((route.address, actor, "door", answer.status_code))
    assert wrong == []


def test_anothers_a_gone_and_no_child_are_the_same_bytes(world, clients):
    """For a parent and for a clerk, of every address about a child."""

    def plain(answer: Any, ref: str) -> tuple[int, str, set[str]]:
        text = re.sub(r'(name="(?:csrfmiddlewaretoken|once|robot_stamp)" value|nonce)="[^"]*"', r'\1=""',
                      answer.content.decode().replace(ref, "REF"))  # fmt: skip
        return answer.status_code, re.sub(r'"request_id": ?"[^"]*"', "", text), set(answer.headers)

    wrong = []
    for route in addresses():
        if not about_a_child(route):
            continue
        actor = "full" if route.door == "family" else "clerk_elsewhere"
        for method in ("get", "post"):
            answers = set()
            for child in (OTHER, GONE, NOBODY):
                rates.forget()
                ref = world.children[actor][child]
                status, text, headers = plain(getattr(clients[actor], method)(filled(route, ref)), ref)
                answers.add((status, text, tuple(sorted(headers))))
            if len(answers) != 1:
                wrong.append((method, route.address, sorted(status for status, *_rest in answers)))
    assert wrong == []


def test_the_sign_in_pages_stand_where_doors_lead(world, clients):
    assert clients["stranger"].get(reverse("home")).headers["Location"].startswith(reverse("login"))
