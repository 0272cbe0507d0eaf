"""Unique words in every personal field; nothing that leaves the page of its owner holds one."""

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils.timezone import localdate

from portal.audit import sealing
from portal.config import urls
from portal.family.models import ContactPoint
from portal.people import jobs, rates
from portal.people.door import anyone
from portal.people.models import Mail
from portal.record.contents import sections
from portal.sections.attendance.models import Mark
from portal.sections.emergency_contacts.models import EmergencyContact, MedicalAlert
from portal.sections.special_education.models import Accommodation, Plan
from portal.staff import jobs as staff_jobs
from portal.web import logs
from tests.cast import PASSWORD, Cast, rostered
from tests.house.test_matrix import addresses, filled
from tests.sections.care_rows import an_incident

CHILD = {
    "given_name": "Quokkana", "middle_name": "Bandicootina", "family_name": "Numbatreyes", "student_id": "QK8810X555",
}  # fmt: skip
ADULT = {
    "given_name": "Wombatia", "family_name": "Bilbyreyes", "email": "numbat.on.file@example.org", "phone": "+12135559171",
}  # fmt: skip
ACCOUNT = {"first_name": "Possumina", "last_name": "Dugongreyes"}
STAFF = {"first_name": "Kowarina", "last_name": "Dunnartreed"}
PLACE = {"name": "Platypus Canary School"}
TYPED = ["canarytyped", "canary.other@example.org", "98127364", "a wrong canary password"]
HOME = {"value": "17 Potoroo Canary Lane", "line2": "Flat Kultarr", "city": "Quendatown"}
KEPT = [  # in the rows of the record
    "an absence for Wallabyfever", "Betongwords in the hallway", "Echidnastairs", "Allergic to Pademelonnuts",
    "Bettina Kowaricall", "+12135559172", "Extra time, Monjonroom", "Dunnartplan",
]  # fmt: skip
PLANTED = [
    *CHILD.values(), *ADULT.values(), *ACCOUNT.values(), *STAFF.values(), *PLACE.values(), *HOME.values(), *KEPT, *TYPED,
]  # fmt: skip


@anyone
def fails(_request: object) -> HttpResponse:
    raise ValueError(f"no such student: {CHILD['given_name']} {TYPED[0]}")


urlpatterns = [*urls.urlpatterns, path("fails/", fails), path("fails.json", fails)]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def planted(family: Cast) -> Cast:
    """The cast with words that stand nowhere else."""
    pairs = [
        (family.ana, CHILD), (family.mothers_right.guardian, ADULT), (family.mother, ACCOUNT),
        (family.ms_reed, STAFF), (family.oak, PLACE),
    ]  # fmt: skip
    for row, values in pairs:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    ContactPoint.objects.create(
        **rostered("home"),
        guardian=family.mothers_right.guardian,
        kind=ContactPoint.Kind.HOME_ADDRESS,
        **HOME,
    )
    ana, on = family.ana, localdate() - timedelta(days=3)
    Mark(
        **rostered("m"),
        student=ana,
        school=ana.school,
        on=on,
        scope="day",
        category="excusedAbsence",
        reason_text=KEPT[0],
    ).save()
    an_incident(ana, on, behavior_text=KEPT[1], description=KEPT[2])
    MedicalAlert(**rostered("alert"), student=ana, category="allergy", summary=KEPT[3]).save()
    EmergencyContact(
        **rostered("call"),
        student=ana,
        priority=1,
        given_name=KEPT[4],
        relationship="neighbor",
        phone=KEPT[5],
    ).save()
    plan = Plan(**rostered("plan"), student=ana, type="section504", state="active", disability=KEPT[7])
    plan.save()
    Accommodation(**rostered("more"), student=ana, plan=plan, text=KEPT[6]).save()
    return family


def found(text: str) -> list[str]:
    return [word for word in PLANTED if word.casefold() in text.casefold()]


def days_work(family: Cast, visit) -> list[HttpResponse]:
    """What people do on a day, with some mistakes; gives the answers that are errors."""
    visitor, mother, reed, strange = (
        Client(),
        visit(family.mother),
        visit(family.ms_reed),
        visit(family.stranger),
    )
    for each in (visitor, mother, reed, strange):
        each.raise_request_exception = False
    visitor.post("/login/", {"username": family.mother.email, "password": TYPED[3]})
    visitor.post("/login/", {"username": family.mother.email, "password": PASSWORD})
    for email in (family.mother.email, TYPED[1]):
        Client().post("/password/forgot/", {"email": email})
    answers = [visitor.get(f"/nothing/{TYPED[0]}/?{TYPED[0]}={TYPED[2]}"), visitor.get(f"/{TYPED[0]}.json")]
    for section in sections():
        page = f"/students/{family.ana.ref}/{section.key}"
        mother.get(f"{page}/")
        mother.get(f"{page}.json")
        answers += [
            strange.get(f"{page}/"),
            strange.get(f"{page}.json"),
            visit(family.father).get(f"{page}/"),
        ]
    for n in range(6):
        mother.post(
            "/students/add/",
            {"student_id": CHILD["student_id"], "birth_month": "3", "birth_day": "27", "birth_year": "2012",
             "pin": TYPED[2], "robot": "on"},
        )  # fmt: skip
        mother.post(f"/students/{family.ana.ref}/verify-pin/", {"pin": f"{TYPED[2]}{n}"})
    reed.get("/staff/search/", {"search_by": "student", "last_name": CHILD["family_name"], "active": "on"})
    reed.get(f"/staff/students/{family.ana.ref}/")
    mother.post("/preferences/email/", {"email": TYPED[1]})
    mother.post("/preferences/password/", {"password": "a long sentence about nothing"})
    answers += [mother.post("/home/", {"x": TYPED[0]}), mother.get("/fails/"), mother.get("/fails.json")]
    answers.append(mother.post("/preferences/language/", f'"{TYPED[0]}"', content_type="application/json"))
    answers.append(visitor.get("/login/", headers={"Host": f"{TYPED[0]}.example"}))
    return answers


def test_nothing_planted_is_found_in_logs_mail_or_errors(planted: Cast, visit, caplog):
    with override_settings(ROOT_URLCONF=__name__), caplog.at_level(logging.INFO):
        errors = days_work(planted, visit)
        waiting = [bytes(row.sealed).decode("latin-1") + row.template for row in Mail.objects.all()]
        jobs.deliver_waiting()
    lines = [logs.Json().format(record) for record in caplog.records]
    assert len(lines) > 10
    assert {line for line in lines if found(line)} == set()
    assert [text for text in waiting if found(text)] == []
    assert len(mail.outbox) >= 3
    told = [f"{letter.subject}\n{letter.body}\n{letter.alternatives}" for letter in mail.outbox]
    for text in told:
        # Only who asked to change the address reads the new one, at the old and at the new.
        assert set(found(text)) <= {TYPED[1]}, text
    assert [set(found(letter.subject)) for letter in mail.outbox if found(letter.subject)] == []
    for answer in errors:
        assert answer.status_code >= 400
        # A page may repeat its own address, the name of whose account it is, and a barred father's child's first name.
        assert set(found(answer.content.decode())) <= {*TYPED, *ACCOUNT.values(), CHILD["given_name"]}, answer


def test_no_address_writes_one_into_the_log_or_the_mail_whoever_asks(planted: Cast, visit, caplog):
    knockers = [
        visit(),
        *(visit(who) for who in (planted.mother, planted.father, planted.ms_reed)),
    ]
    asked = 0
    with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, "portal.requests"):
        for route in addresses():
            for client in knockers:
                for method in ("get", "post"):
                    rates.forget()
                    getattr(client, method)(
                        filled(route, planted.ana.ref), {"q": TYPED[0], "last_name": TYPED[0]}
                    )
                    asked += 1
        jobs.deliver_waiting()
        sealing.seal(everything=True)
        staff_jobs.count_families()
    lines = [logs.Json().format(record) for record in caplog.records]
    assert sum('"answered"' in line for line in lines) == asked
    assert {line for line in lines if found(line)} == set()
    assert [
        text
        for letter in mail.outbox
        if found(text := f"{letter.subject}\n{letter.body}\n{letter.alternatives}")
    ] == []


def test_a_word_in_a_trace_would_be_found():
    assert found("ValueError: no such student: quokkana") == ["Quokkana"]
