"""Library, devices, documents and the course site: what is out, what was asked for, and how far it is."""

import re
from datetime import UTC, date, datetime, timedelta

from django.utils.timezone import localdate, now

from portal.family.models import Guardianship
from portal.record import glances
from portal.record.contents import section
from portal.record.section import Tone
from portal.record.timeline import Change, Happening
from portal.sections.device_requests import reading as devices
from portal.sections.device_requests import timeline as device_events
from portal.sections.device_requests.models import DeviceRequest
from portal.sections.documents import reading as documents
from portal.sections.documents import timeline as document_events
from portal.sections.documents.models import Paper, Sent, Wanted
from portal.sections.library import reading as library
from portal.sections.library import timeline as library_events
from portal.sections.library.models import Card, Loan
from portal.sections.schoology import reading as schoology
from tests.cast import Cast, rostered

WEDNESDAY = date(2026, 10, 7)
LIBRARY, DEVICES, DOCUMENTS = section("library"), section("device-requests"), section("documents")


def day(n: int) -> date:
    return WEDNESDAY + timedelta(days=n)


def fact_of(family: Cast, admit, which):
    return glances.said([(which, [admit(family.mother, family.ana, which)])])[family.ana.pk][which.key]


def page(family: Cast, visit, address: str) -> str:
    return visit(family.mother).get(f"/students/{family.ana.ref}/{address}").content.decode()


# --- Library --------------------------------------------------------------------------------------------------


def a_book(family: Cast, title: str, due: int, **more: object) -> None:
    Loan(**rostered(title), student=family.ana, title=title, due_on=day(due), **more).save()


def test_a_parent_reads_what_is_out_and_which_cards_there_are(on, admit):
    family = on(WEDNESDAY)
    a_book(family, "Persepolis", 20)
    a_book(family, "Hidden Figures", -1, author="M. L. Shetterly", renewable=True)
    a_book(family, "Esperanza Rising", 7)
    a_book(family, "Brought back", -9, returned_on=day(-2))
    Card(**rostered("c"), student=family.ana, library="City", state="issued", last_digits="0412").save()
    reading = library.read(admit(family.mother, family.ana, LIBRARY))
    assert reading.books == (
        library.Book("Hidden Figures", "M. L. Shetterly", day(-1), late=True, soon=False, renewable=True),
        library.Book("Esperanza Rising", "", day(7), late=False, soon=True, renewable=False),
        library.Book("Persepolis", "", day(20), late=False, soon=False, renewable=False),
    )
    assert reading.cards == (library.LibraryCard("City", Card.State.ISSUED, "Ready to use", "0412"),)
    assert [shelf.kind for shelf in reading.shelves] == ["catalog", "card", "reading"]


def test_a_book_due_today_is_not_late_and_one_due_yesterday_needs_the_family(on, admit):
    family = on(WEDNESDAY)
    a_book(family, "Due today", 0)
    fact = fact_of(family, admit, LIBRARY)
    assert (str(fact.tile), fact.needs) == ("1 book out", ())
    a_book(family, "Due yesterday", -1)
    fact = fact_of(family, admit, LIBRARY)
    assert str(fact.tile) == "2 books out"
    assert [(need.rank, str(need.sentence), need.on) for need in fact.needs] == [
        (1, "<bdi>Ana</bdi>: 1 library book can go back now", day(-1))
    ]


def test_books_going_out_and_coming_back_are_told():
    out = Loan(student_id=7, title="Persepolis", borrowed_on=WEDNESDAY, due_on=day(21))
    back = Loan(student_id=7, title="Persepolis", due_on=day(21), returned_on=day(2))
    card = Card(student_id=7, library="City", state="issued")
    title = {"title": "Persepolis"}
    told = library_events.events(
        [
            Change(out, {}),
            Change(back, {"returned_on": None}),
            Change(back, {}),
            Change(card, {"state": "notIssued"}),
        ]
    )
    assert list(told) == [
        Happening("library.borrowed", 7, WEDNESDAY, title),
        Happening("library.returned", 7, day(2), title),
        Happening("library.card", 7, localdate(), {"library": "City"}),
    ]


# --- Devices --------------------------------------------------------------------------------------------------


def a_request(family: Cast, device: str, state: str, days: int, **more: object) -> DeviceRequest:
    made = DeviceRequest(
        **rostered(f"{device}-{state}-{days}"),
        student=family.ana,
        device=device,
        state=state,
        requested_on=day(days),
        **more,
    )
    made.save()
    return made


def test_a_parent_reads_every_request_and_how_far_it_is(on, admit):
    family = on(WEDNESDAY)
    a_request(family, "laptop", "issued", -60, reason="none", issued_on=day(-55), due_back_on=day(200))
    a_request(family, "hotspot", "ready", -9, place="School library", note="Ask for Ms. Lee.")
    a_request(family, "charger", "returned", -90, due_back_on=day(-20))
    a_request(family, "ext:zq1", "ext:zq2", -1)
    reading = devices.read(admit(family.mother, family.ana, DEVICES))
    assert [(each.device, each.words, each.tone, each.due_back_on) for each in reading.open] == [
        ("Other", "Other", Tone.QUIET, None),
        ("Internet hotspot", "Ready to pick up", Tone.BAD, None),
        ("Laptop", "Picked up", Tone.GOOD, day(200)),
    ]
    assert [(each.device, each.words, each.due_back_on) for each in reading.over] == [
        ("Charger", "Given back", None)
    ]


def test_a_device_that_waits_needs_the_family_and_one_picked_up_does_not(on, admit, visit):
    family = on(WEDNESDAY)
    assert str(fact_of(family, admit, DEVICES).tile) == "Nothing asked for"
    assert "You have not asked for a device yet." in page(family, visit, "device-requests/")
    waiting = a_request(family, "hotspot", "ready", -9, place="School library")
    fact = fact_of(family, admit, DEVICES)
    assert (str(fact.tile), [need.detail for need in fact.needs]) == (
        "Ready to pick up", ["Internet hotspot · School library"],
    )  # fmt: skip
    assert "Pick it up at <bdi>School library</bdi>." in page(family, visit, "device-requests/")
    waiting.state = "issued"
    waiting.save()
    assert fact_of(family, admit, DEVICES).needs == ()


def test_a_request_is_told_when_its_state_changes():
    def change(state: str, was: str | None) -> Change:
        row = DeviceRequest(student_id=7, state=state, requested_on=WEDNESDAY, issued_on=day(3))
        return Change(row, {"state": was} if was else {})

    told = device_events.events(
        [
            change("submitted", None),
            change("issued", "ready"),
            change("issued", "issued"),
            change("approved", "submitted"),
        ]
    )
    assert list(told) == [
        Happening("device-requests.received", 7, WEDNESDAY),
        Happening("device-requests.issued", 7, day(3)),
    ]


# --- Documents ------------------------------------------------------------------------------------------------


def asked_for(family: Cast, kind: str, due: int | None, **more: object) -> Wanted:
    values = {"asked_on": day(-7), "due_on": None if due is None else day(due), "state": "open"} | more
    made = Wanted(**rostered(f"{kind}-{due}"), student=family.ana, kind=kind, **values)
    made.save()
    return made


def sent(family: Cast, kind: str, state: str, days: int, **more: object) -> None:
    Sent(
        **rostered(f"{kind}-{days}"), student=family.ana, kind=kind, state=state, sent_on=day(days), **more
    ).save()


def a_paper(family: Cast, title: str, **more: object) -> None:
    values = {
        "kind": "letter",
        "file_name": "a.pdf",
        "sha256": "0" * 64,
        "published_at": datetime(2026, 10, 1, tzinfo=UTC),
    }
    Paper(**rostered(title), student=family.ana, title=title, **(values | more)).save()


def test_a_parent_reads_what_is_asked_for_and_what_became_of_what_was_sent(on, admit):
    family = on(WEDNESDAY)
    asked_for(family, "immunizationRecord", 10)
    asked_for(family, "other", 2, title="Picture day form")
    asked_for(family, "medicalForm", None)
    asked_for(family, "courtOrder", 1, state="closed")
    sent(family, "absenceNote", "accepted", -20, name="note.jpg")
    sent(family, "proofOfResidence", "rejected", -6, reason="unreadable")
    sent(family, "medicalForm", "rejected", -8)
    reading = documents.read(admit(family.mother, family.ana, DOCUMENTS))
    assert list(reading.asked) == [
        documents.Request(1, "Picture day form", True, day(-7), day(2), soon=True),
        documents.Request(2, "Shot record", False, day(-7), day(10), soon=False),
        documents.Request(3, "Medical form", False, day(-7), None, soon=False),
    ]
    assert [(each.kind, each.name, each.words, each.tone, each.reason) for each in reading.sent] == [
        ("Proof of address", "", "Please send again", Tone.BAD, "We could not read it."),
        ("Medical form", "", "Please send again", Tone.BAD, "The school office can tell you why."),
        ("Absence note", "note.jpg", "Accepted", Tone.GOOD, ""),
    ]


def test_a_link_to_send_a_shot_record_leads_to_how_and_nonsense_is_passed_over(on, visit):
    family = on(date(2026, 10, 5))
    client, address = visit(family.mother), f"/students/{family.ana.ref}/documents/"
    assert (
        "Send a document: <bdi>Shot record</bdi>"
        in client.get(address, {"kind": "immunizationRecord"}).content.decode()
    )
    for kind in ("", "nonsense", "ext:x"):
        assert "Send a document:" not in client.get(address, {"kind": kind}).content.decode()
    shots = client.get(f"/students/{family.ana.ref}/immunizations/").content.decode()
    assert f'href="{address}?kind=immunizationRecord#how"' in shots


def test_each_paper_that_is_asked_for_has_a_button_that_names_it_and_leads_to_how(on, visit):
    family = on(WEDNESDAY)
    asked_for(family, "other", 2, title="Picture day form")
    asked_for(family, "immunizationRecord", 10)
    client, address = visit(family.mother), f"/students/{family.ana.ref}/documents/"
    for classic in (False, True):
        family.mother.classic = classic
        family.mother.save()
        body = client.get(address).content.decode()
        for place, what in enumerate(("Picture day form", "Shot record"), 1):
            link = body.partition(f'href="{address}?asked={place}#how">')[2].partition("</a>")[0]
            assert re.sub(r"<[^>]+>", "", link) == f"How to send it: {what}"
            how = client.get(address, {"asked": place}).content.decode()
            assert f"Send a document: <bdi>{what}</bdi>" in how
            assert "You cannot send it from this page yet." in how
    for nonsense in ("", "x", "0", "3"):
        assert "Send a document:" not in client.get(address, {"asked": nonsense}).content.decode()


def test_papers_from_the_school_wait_for_their_day_and_go_after_it(on, admit, monkeypatch):
    family = on(WEDNESDAY)
    moment = datetime(2026, 10, 7, 20, tzinfo=UTC)
    monkeypatch.setattr(documents, "now", lambda: moment)
    a_paper(family, "Last day", expires_on=WEDNESDAY)
    a_paper(family, "Out of date", expires_on=day(-1))
    a_paper(family, "Later", published_at=moment + timedelta(minutes=1))
    a_paper(family, "Plan", kind="iep", published_at=moment, requires_signature=True, language="es")
    papers = documents.read_papers(admit(family.mother, family.ana, DOCUMENTS)).papers
    assert papers == (
        documents.SchoolPaper("Plan", "IEP or 504 plan", "es", WEDNESDAY, requires_signature=True),
        documents.SchoolPaper("Last day", "Letter", "", date(2026, 9, 30), requires_signature=False),
    )


def test_papers_ask_for_the_password_again_and_stand_on_no_other_page(on, visit):
    family = on(WEDNESDAY)
    a_paper(family, "Annual plan", kind="iep", published_at=now() - timedelta(days=1))
    client = visit(family.mother)
    for address in ("/home/", f"/students/{family.ana.ref}/", f"/students/{family.ana.ref}/documents/"):
        assert "Annual plan" not in client.get(address).content.decode()
    assert "Annual plan" in page(family, visit, "documents/from-school/")
    family.mother.sessions.update(unlocked_at=None, fresh_until=None)
    assert client.get(f"/students/{family.ana.ref}/documents/from-school/").status_code == 302


def test_a_paper_asked_for_needs_the_family_until_it_is_there(on, admit):
    family = on(WEDNESDAY)
    wanted = asked_for(family, "immunizationRecord", 10)
    fact = fact_of(family, admit, DOCUMENTS)
    assert (str(fact.tile), [(need.rank, need.on) for need in fact.needs]) == ("1 asked for", [(2, day(10))])
    assert "Shot" not in str(fact.needs[0].sentence)
    wanted.state = "received"
    wanted.save()
    assert fact_of(family, admit, DOCUMENTS).needs == ()


def test_limited_rights_find_documents_closed(on, visit):
    family = on(WEDNESDAY)
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(educational_rights="limited")
    for address in ("documents/", "documents/from-school/", "documents.json"):
        assert visit(family.mother).get(f"/students/{family.ana.ref}/{address}").status_code == 403


def test_papers_make_events_that_do_not_say_which_paper():
    wanted = Wanted(student_id=7, kind="courtOrder", asked_on=WEDNESDAY, state="open")
    again = Sent(student_id=7, kind="courtOrder", sent_on=WEDNESDAY, state="rejected")
    paper = Paper(student_id=7, kind="iep", title="Plan", published_at=datetime(2026, 10, 7, 20, tzinfo=UTC))
    told = document_events.events(
        [
            Change(wanted, {}),
            Change(wanted, {"state": "open"}),
            Change(again, {"state": "received"}),
            Change(paper, {}),
            Change(paper, {"title": "Plam"}),
        ]
    )
    assert list(told) == [
        Happening("documents.asked", 7, WEDNESDAY),
        Happening("documents.again", 7, localdate()),
        Happening("documents.paper", 7, WEDNESDAY),
    ]


# --- Schoology ------------------------------------------------------------------------------------------------


def test_the_course_site_says_that_it_is_not_connected_and_where_the_work_is(on, admit, visit):
    family = on(localdate())
    reading = schoology.read(admit(family.mother, family.ana, section("schoology")))
    assert reading == schoology.Schoology(
        connected=False,
        school="Oak School",
        courses=(schoology.Course(family.algebra.ref, "Algebra 1", ("Daniel Ortiz",), False, 0),),
    )
    text = page(family, visit, "schoology/")
    assert "Schoology is not connected for <bdi>Oak School</bdi>." in text
    assert f'href="/students/{family.ana.ref}/assignments/"' in text
    assert "<iframe" not in text


# --- All of them ----------------------------------------------------------------------------------------------


def test_lists_of_forty_cost_the_questions_of_a_list_of_one(on, visit, django_assert_max_num_queries):
    family = on(WEDNESDAY)
    for n in range(40):
        a_book(family, f"Book {n}", n - 5)
        a_request(family, "laptop", "returned", -n - 1)
        sent(family, "absenceNote", "accepted", -n)
    client = visit(family.mother)
    for key in ("library", "device-requests", "documents", "meals", "bus", "schoology"):
        with django_assert_max_num_queries(13):  # 8 of its own, and 5 that open and close the request
            assert client.get(f"/students/{family.ana.ref}/{key}/").status_code == 200
