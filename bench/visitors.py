"""The visitors of a day in one district, signed in: many families, staff, apps. Prints the plan's kinds as JSON.

Usage: python -m bench.visitors FAMILIES, with the environment of the portal; the database runs already.
"""

import json
import random
import sys
import time
from functools import cache
from typing import Any
from urllib.parse import urlencode

TOKEN = "f" * 32  # a form token of ours, as cookie and in the body
RUN = int(time.time())  # the visitors of an earlier run stay
SIGNING_IN = 60  # families who sign in again and again, each from a browser that is known
STAFF = 100  # nobody looks up more than a clerk does in a day; the bulk brake would stop them
SHARES = {
    "sign-in": 5,
    "F1 family home": 30,
    "R0 student home": 20,
    "sections": 35,
    "JSON": 5,
    "staff search": 5,
}


def main() -> None:
    import django

    django.setup()
    rng = random.Random(7)
    kinds: dict[str, list[list[Any]]] = {name: [] for name in SHARES}
    for cookie, token, refs in families(int(sys.argv[1]), rng):
        own = {"Cookie": f"family={cookie}"}
        kinds["F1 family home"].append(["GET", "/home/", own, ""])
        for ref in refs:
            at = f"/students/{ref}/"
            kinds["R0 student home"].append(["GET", at, own, ""])
            kinds["sections"] += [
                ["GET", f"{at}{word}/", own, ""] for word in ("attendance", "assignments", "grades")
            ]
            api = f"/api/v1/students/{ref}/attendance/"
            kinds["JSON"].append(["GET", api, {"Authorization": f"Bearer {token}"}, ""])
    kinds["sign-in"] = signing_in()
    for cookie, school in staff():
        name = sought(school, rng)
        typed = f"?search_by=student&{name}&active=on"
        kinds["staff search"].append(["GET", f"/staff/search/{typed}", {"Cookie": f"staff={cookie}"}, ""])
    print(json.dumps({name: {"share": SHARES[name], "requests": kinds[name]} for name in SHARES}))


def families(n: int, rng: random.Random) -> list[tuple[str, str, list[str]]]:
    """Accounts for so many adults whom the school has verified, signed in on phones of their own, with their children."""
    from portal.family.models import Guardianship, Link
    from portal.people.asking import opened

    made = []
    with opened("demo"):
        free = Guardianship.objects.filter(
            active=True, educational_rights="full", access_restriction="none", ends=None, student__active=True,
            student__left_on=None, links=None,
        )  # fmt: skip
        keys = list(free.order_by("guardian").values_list("guardian", flat=True).distinct()[: 20 * n])
        for key in rng.sample(keys, n):
            rights = list(free.filter(guardian=key).select_related("student", "guardian").order_by("pk"))
            person = account(f"bench-{key}@example.org", rights[0].guardian.given_name or "Parent")
            Link.objects.bulk_create(
                Link(person=person, guardianship=right, number=number)
                for number, right in enumerate(rights, 1)
            )
            made.append(
                (_signed_in(person), _signed_in(person, app=True), [right.student.ref for right in rights])
            )
    return made


def signing_in() -> list[list[Any]]:
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from portal.demo.accounts import PASSWORD
    from portal.people.asking import opened

    asked = []
    for n in range(SIGNING_IN):
        with opened("demo"):
            person = account(f"bench-signs-in-{n}@example.org", "Parent")
        body = {"username": person.email, "password": PASSWORD, "csrfmiddlewaretoken": TOKEN}
        client = Client(headers={"host": "127.0.0.1"})
        client.cookies["form"] = TOKEN
        assert client.post(reverse("login"), body).status_code in (302, 303)
        known = client.cookies[settings.DEVICE_COOKIE_NAME].value
        cookies = {"Cookie": f"form={TOKEN}; {settings.DEVICE_COOKIE_NAME}={known}"}
        asked.append(["POST", "/login/", cookies, urlencode(body)])
    return asked


def sought(school: Any, rng: random.Random) -> str:
    """The name of one student of the school, as the search takes it."""
    from portal.people.asking import opened
    from portal.students.models import Student

    with opened("demo"):
        students = Student.objects.filter(school=school, active=True, left_on=None).order_by("pk")
        student = rng.choice(students[:50])
    return urlencode({"first_name": student.given_name, "last_name": student.family_name})


def staff() -> list[tuple[str, Any]]:
    """Cookies of office managers, who gave their reason, and the school of each."""
    from django.utils.timezone import now

    from portal.access.models import Post
    from portal.audit.asking import REASON
    from portal.people.asking import opened
    from portal.people.models import Person
    from portal.students.models import Org

    made = []
    with opened("demo"):
        schools = list(Org.objects.filter(type="school", active=True).order_by("pk")[:STAFF])
        for n in range(STAFF):
            person = account(f"bench-{n}@staff.example.org", "Clerk", kind=Person.Kind.STAFF)
            place = schools[n % len(schools)]
            Post.objects.create(person=person, role=Post.Role.OFFICE_MANAGER, place=place, begins_at=now())
            made.append((_signed_in(person, {REASON: ("helping", "")}), place))
    return made


def account(address: str, name: str, **more: str) -> Any:
    from django.utils.timezone import now

    from portal.people.models import Person

    email = address.replace("@", f".{RUN}@")
    return Person.objects.create(
        first_name=name, last_name="Bench", email=email, email_key=email, state=Person.State.ACTIVE,
        confirmed_at=now(), welcomed_at=now(), password=_hash(), **more,
    )  # fmt: skip


@cache
def _hash() -> str:
    """Slow by design, so one for all."""
    from django.contrib.auth.hashers import make_password

    from portal.demo.accounts import PASSWORD

    return make_password(PASSWORD)


def _signed_in(person: Any, said: dict[str, Any] | None = None, *, app: bool = False) -> str:
    from portal.people.sessions import SessionStore, TokenStore

    session = TokenStore() if app else SessionStore()
    session.sign_in(person, own_device=True, device="Bench")
    for name, value in (said or {}).items():
        session[name] = value
    session.save()
    return session.session_key or ""


if __name__ == "__main__":
    main()
