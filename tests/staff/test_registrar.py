"""T10: the registrar takes access away at once and gives it back with a second person; nobody else does either."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from portal.access import gate
from portal.access.models import Post
from portal.audit.models import Access
from portal.family import pins
from portal.family.hidden import confidential
from portal.family.models import (
    ContactPoint,
    CourtOrder,
    Decision,
    Guardian,
    Guardianship,
    KnownContact,
    Pin,
    Scan,
)
from portal.family.standing import Standing
from portal.people.asking import within
from portal.people.models import Person
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.staff.registrar import acts, scans
from portal.students.models import SchoolDay
from tests.cast import guardianship, link, person, rostered

Role = Post.Role


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#39;", "'").split())


def at_oak(family, first: str, role: str, place=None) -> Person:
    worker = person(first, "Post", f"{first.lower()}@staff.example.org", kind=Person.Kind.STAFF)
    Post.objects.create(
        person=worker, role=role, place=place or family.oak, begins_at=now() - timedelta(days=9)
    )
    return worker


@pytest.fixture
def desk(family, settings):
    """Oak with two registrars and a principal; Ana's stepfather Omar sees her record, by a row the desk keeps."""
    family.rita, family.hugo = at_oak(family, "Rita", Role.REGISTRAR), at_oak(family, "Hugo", Role.REGISTRAR)
    family.hall = at_oak(family, "Hall", Role.PRINCIPAL)
    family.elsewhere = at_oak(family, "Elsa", Role.REGISTRAR, family.lincoln)
    on_file = Guardian.objects.create(**rostered("g-omar"), given_name="Omar", family_name="Haddad")
    family.omars_right = guardianship(family.ana, on_file, relationship="stepParent")
    family.omar = person("Omar", "Haddad", "omar@example.org")
    link(family.omar, family.omars_right)
    family.at = f"/staff/registrar/{family.ana.ref}/"
    return family


def dated(name: str, day) -> dict[str, str]:
    return {f"{name}_month": day.month, f"{name}_day": day.day, f"{name}_year": day.year} if day else {}


def an_order(right: Guardianship, begins=None, ends=None, **more: str) -> dict[str, str]:
    said = {
        "who": right.pk,
        "kind": "custody",
        "court": "Superior Court",
        "number": "24STFL01234",
        "no_records": "on",
    }
    return said | dated("begins", begins or localdate()) | dated("ends", ends) | more


def looked(client, address: str, said: dict) -> dict:
    """What the form and then the page "What changes now" send along."""
    return said | _hidden(client.post(address, said | _hidden(client.get(address)) | {"act": "look"}))


def _hidden(page) -> dict[str, str]:
    return dict(re.findall(r'name="(once|version)" value="([^"]*)"', page.content.decode()))


def save(client, address: str, said: dict):
    return client.post(address, looked(client, address, said) | {"act": "save"}, follow=True)


def standing(person: Person) -> Standing:
    return gate.students_of(person, localdate())[0].standing


def acted(action: str) -> list:
    return list(Access.objects.filter(action=action).values_list("person__first_name", "about"))


# What it does


def test_a_court_order_closes_the_record_at_once_and_only_to_the_adult_it_limits(desk, visit):
    waiting, _digits = pins.make(desk.omars_right)
    answer = save(visit(desk.rita), desk.at + "orders/", an_order(desk.omars_right))
    assert "The court order is written down." in words(answer)
    assert (standing(desk.omar), standing(desk.mother)) == (Standing.ENDED, Standing.OPEN)
    shut = visit(desk.omar).get(f"/students/{desk.ana.ref}/")
    assert (shut.status_code, shut.headers["X-Forget"]) == (403, "1")
    assert visit(desk.mother).get(f"/students/{desk.ana.ref}/").status_code == 200
    assert Pin.objects.get(pk=waiting.pk).dead_because == Pin.Dead.NOT_VERIFIED
    assert acted("taken_away") == [("Rita", desk.omars_right.pk)]


def test_the_database_shuts_what_the_gate_shuts(desk, visit):
    save(visit(desk.rita), desk.at + "orders/", an_order(desk.omars_right))
    with within("family", desk.omar.pk), connection.cursor() as cursor:
        cursor.execute("SELECT portal_children('{guardian}'), portal_children('{linked}')")
        assert cursor.fetchone() == ([], [desk.ana.pk])


def test_before_saving_the_desk_says_who_loses_what_and_for_whom_nothing_changes(desk, visit):
    pins.make(desk.omars_right)
    client = visit(desk.rita)
    said = an_order(desk.omars_right, no_pick_up="on")
    page = words(
        client.post(desk.at + "orders/", said | _hidden(client.get(desk.at + "orders/")) | {"act": "look"})
    )
    for line in (
        "What changes now", "Omar Haddad loses the whole record of Ana now.",
        "Saved pages on the devices of Omar Haddad are deleted when they next connect. Alerts stop.",
        "The PIN that waits for Omar Haddad stops working.", "The school may not let Omar Haddad pick up Ana.",
        "A second person checks the paper within one school day.", "Nothing changes for Marisol Reyes",
    ):  # fmt: skip
        assert line in page
    assert not CourtOrder.objects.exists()
    assert standing(desk.omar) == Standing.OPEN


def test_an_order_opens_and_shuts_by_its_own_days(desk):
    today = localdate()
    grant = gate.admit(gate.Actor(desk.rita), desk.ana.ref, gate.DIRECTORIES["registrar"])
    said = {"kind": "custody", "court": "C", "number": "1", "no_records": True, "no_pick_up": False,
            "hide_location": False, "hide_adults": False}  # fmt: skip
    acts.record_order(
        grant,
        desk.omars_right,
        said | {"begins": today + timedelta(days=3), "ends": today + timedelta(days=5)},
    )
    shut = [
        gate.students_of(desk.omar, today + timedelta(days=n))[0].standing == Standing.ENDED for n in range(8)
    ]
    assert shut == [False, False, False, True, True, True, False, False]


def test_a_second_person_checks_what_was_taken_away_by_the_next_school_day(desk, visit):
    monday = localdate() + timedelta(days=(7 - localdate().weekday()))
    SchoolDay.objects.create(
        **rostered("d1"), school=desk.oak, on=localdate() + timedelta(days=1), kind="noSchool"
    )
    SchoolDay.objects.create(**rostered("d2"), school=desk.oak, on=monday, kind="instruction")
    save(visit(desk.rita), desk.at + "orders/", an_order(desk.omars_right))
    decided = Decision.objects.get()
    assert (decided.act, decided.state, decided.check_by) == ("order", "done", monday)
    page = f"{desk.at}decisions/{decided.ref}/"
    assert visit(desk.rita).post(page, {"act": "check"}).status_code == 409  # not one's own
    assert "to be checked" in words(visit(desk.hall).get("/staff/registrar/"))
    assert visit(desk.hall).post(page, {"act": "check"}).status_code == 302
    decided.refresh_from_db()
    assert decided.second == desk.hall
    assert acted("taking_checked") == [("Hall", desk.omars_right.pk)]
    assert "to be checked" not in words(visit(desk.hall).get("/staff/registrar/"))


def lift(desk, visit, client=None):
    """Asks to give the record back to Omar, whom an order keeps from it."""
    save(visit(desk.rita), desk.at + "orders/", an_order(desk.omars_right))
    order = CourtOrder.objects.get()
    said = {"paper": "court"} | dated("paper_on", localdate())
    save(client or visit(desk.rita), f"{desk.at}orders/{order.ref}/lift/", said)
    return Decision.objects.get(act="lift")


def test_giving_back_needs_two_people_and_both_stand_in_the_record_of_access(desk, visit):
    asked = lift(desk, visit)
    assert standing(desk.omar) == Standing.ENDED
    page = f"{desk.at}decisions/{asked.ref}/"
    assert "Omar Haddad sees the record of Ana again." in words(visit(desk.hugo).get(page))
    answer = visit(desk.hugo).post(page, {"act": "agree"}, follow=True)
    assert "You agreed. It counts now." in words(answer)
    assert standing(desk.omar) == Standing.OPEN
    assert (acted("give_back_asked"), acted("given_back")) == (
        [("Rita", desk.omars_right.pk)], [("Hugo", desk.omars_right.pk)],
    )  # fmt: skip


def test_the_principal_may_be_the_second_person(desk, visit):
    asked = lift(desk, visit)
    visit(desk.hall).post(f"{desk.at}decisions/{asked.ref}/", {"act": "agree"})
    assert standing(desk.omar) == Standing.OPEN


def test_a_second_order_still_keeps_the_record_shut_when_the_first_is_lifted(desk, visit):
    asked = lift(desk, visit)
    save(visit(desk.rita), desk.at + "orders/", an_order(desk.omars_right, number="25FL9"))
    visit(desk.hugo).post(f"{desk.at}decisions/{asked.ref}/", {"act": "agree"})
    assert standing(desk.omar) == Standing.ENDED


# Who may not


def test_nobody_is_the_second_person_for_themselves(desk, visit):
    asked = lift(desk, visit)
    answer = visit(desk.rita).post(f"{desk.at}decisions/{asked.ref}/", {"act": "agree"})
    assert (answer.status_code, standing(desk.omar)) == (409, Standing.ENDED)
    assert "A second person must agree." in words(answer)
    asked.second = desk.rita
    with pytest.raises(Exception, match="family_second_is_another"), transaction.atomic():
        asked.save()


def test_after_two_weeks_it_is_too_late_to_agree(desk, visit):
    asked = lift(desk, visit)
    Decision.objects.filter(pk=asked.pk).update(expires_at=now() - timedelta(seconds=1))
    answer = visit(desk.hugo).post(f"{desk.at}decisions/{asked.ref}/", {"act": "agree"})
    assert (answer.status_code, standing(desk.omar)) == (409, Standing.ENDED)


def test_agreeing_needs_a_sign_on_of_the_last_five_minutes(desk, visit, idle):
    asked = lift(desk, visit)
    client = visit(desk.hugo)
    idle(6)
    assert client.post(f"{desk.at}decisions/{asked.ref}/", {"act": "agree"}).status_code == 302
    assert standing(desk.omar) == Standing.ENDED


def test_what_was_declined_stays_as_it_was_and_cannot_be_agreed_to(desk, visit):
    asked = lift(desk, visit)
    visit(desk.hugo).post(f"{desk.at}decisions/{asked.ref}/", {"act": "decline"})
    assert visit(desk.hall).post(f"{desk.at}decisions/{asked.ref}/", {"act": "agree"}).status_code == 409
    assert standing(desk.omar) == Standing.ENDED


TABS = ("", "rights/", "orders/", "contacts/", "address/")


@pytest.mark.parametrize("who", ["ms_reed", "elsewhere", "ms_lee"])
def test_a_clerk_and_a_registrar_of_another_school_meet_what_is_not_there(desk, visit, who):
    client = visit(getattr(desk, who))
    for tab in TABS:
        assert client.get(desk.at + tab).status_code == 404
        assert client.post(desk.at + tab, an_order(desk.omars_right) | {"act": "save"}).status_code == 404
    assert not Decision.objects.exists()


def test_a_principal_reads_the_desk_and_writes_nothing_down(desk, visit):
    client = visit(desk.hall)
    for tab in TABS:
        assert client.get(desk.at + tab).status_code == 200
    assert client.post(desk.at + "orders/", an_order(desk.omars_right) | {"act": "save"}).status_code == 403
    assert not CourtOrder.objects.exists()


def test_a_decision_of_another_school_is_not_there_even_below_an_own_student(desk, visit):
    desk.ben.school = desk.lincoln
    desk.ben.save()
    other = Decision.objects.create(student=desk.ben, act="lift", state="waiting", asked_by=desk.elsewhere)
    assert visit(desk.hugo).get(f"{desk.at}decisions/{other.ref}/").status_code == 404
    assert visit(desk.hugo).post(f"{desk.at}decisions/{other.ref}/", {"act": "agree"}).status_code == 404


def test_nobody_keeps_the_record_of_an_own_child(desk, visit):
    Guardian.objects.filter(guardianships=desk.omars_right).update(email=desk.rita.email)
    client = visit(desk.rita)
    for tab in TABS:
        assert client.get(desk.at + tab).status_code == 403
        assert client.post(desk.at + tab, an_order(desk.mothers_right) | {"act": "save"}).status_code == 403
    assert not CourtOrder.objects.exists()


def test_a_role_that_ends_in_mid_session_ends_the_desk_at_the_next_click(desk, visit):
    client = visit(desk.rita)
    said = looked(client, desk.at + "orders/", an_order(desk.omars_right))
    Post.objects.filter(person=desk.rita).update(ends_at=now())
    assert client.post(desk.at + "orders/", said | {"act": "save"}).status_code == 302
    assert not CourtOrder.objects.exists()


def test_an_adult_of_another_student_cannot_be_chosen(desk, visit):
    answer = save(visit(desk.rita), desk.at + "orders/", an_order(desk.bens_right))
    assert (answer.status_code, CourtOrder.objects.count()) == (422, 0)


def test_the_database_lets_only_the_desk_of_the_school_write(desk):
    with within("staff", desk.elsewhere.pk):
        assert Guardianship.objects.filter(pk=desk.omars_right.pk).update(educational_rights="none") == 0
    for who in (desk.ms_reed, desk.elsewhere):
        refused = pytest.raises(Exception, match="row-level security")
        with within("staff", who.pk), refused, transaction.atomic():
            Decision.objects.create(student=desk.ana, act="lift", state="done", asked_by=who)
    with within("staff", desk.rita.pk):
        assert Guardianship.objects.filter(pk=desk.omars_right.pk).update(educational_rights="none") == 1


def test_a_clerk_who_may_lock_a_row_may_still_not_change_it(desk):
    with within("staff", desk.ms_reed.pk):
        Guardianship.objects.select_for_update(no_key=True).get(pk=desk.omars_right.pk)
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Guardianship.objects.filter(pk=desk.omars_right.pk).update(educational_rights="none")


# Mistakes, twice, at once


def test_mistakes_keep_what_was_typed(desk, visit):
    today = localdate()
    said = an_order(desk.omars_right, ends=today - timedelta(days=2), number="") | {"no_records": ""}
    client = visit(desk.rita)
    answer = client.post(desk.at + "orders/", said | {"act": "look"})
    assert answer.status_code == 422
    page = words(answer)
    for line in (
        "Enter the case number on the paper.",
        "The last day lies before the first day.",
        "Tick what the order limits.",
    ):
        assert line in page
    assert 'value="Superior Court"' in answer.content.decode()


def test_a_step_back_from_the_last_look_keeps_what_was_typed(desk, visit):
    client = visit(desk.rita)
    said = looked(client, desk.at + "orders/", an_order(desk.omars_right))
    answer = client.post(desk.at + "orders/", said | {"act": "back"})
    assert answer.status_code == 200
    assert 'value="24STFL01234"' in answer.content.decode()


def test_sending_twice_writes_one_order_down(desk, visit):
    client = visit(desk.rita)
    said = looked(client, desk.at + "orders/", an_order(desk.omars_right)) | {"act": "save"}
    assert [client.post(desk.at + "orders/", said).status_code for _n in range(2)] == [302, 302]
    assert (CourtOrder.objects.count(), Decision.objects.count()) == (1, 1)


def test_what_somebody_changed_meanwhile_is_said_and_nothing_typed_is_lost(desk, visit):
    rita = visit(desk.rita)
    said = looked(rita, desk.at + "orders/", an_order(desk.omars_right))
    save(visit(desk.hugo), desk.at + "orders/", an_order(desk.mothers_right, number="other"))
    answer = rita.post(desk.at + "orders/", said | {"act": "save"})
    assert answer.status_code == 409
    assert "Somebody changed this in the meantime." in words(answer)
    assert 'value="24STFL01234"' in answer.content.decode()
    assert CourtOrder.objects.count() == 1
    assert save(rita, desk.at + "orders/", said).status_code == 200
    assert CourtOrder.objects.count() == 2


# The scan


def a_pdf(**more) -> bytes:
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    if more.get("script"):
        act = {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('hello')"),
        }
        made.root_object[NameObject("/OpenAction")] = made._add_object(DictionaryObject(act))
    if more.get("attached"):
        made.add_attachment("a.txt", b"words")
    if more.get("locked"):
        made.encrypt("secret")
    made.write(out)
    return out.getvalue()


@pytest.fixture
def ordered(desk):
    """Ana's desk with an order against Omar."""
    desk.order = CourtOrder.objects.create(
        student=desk.ana, guardianship=desk.omars_right, kind="custody", court="C", number="1", begins=localdate(),
        no_records=False, no_pick_up=True, hide_location=False, hide_adults=False,
    )  # fmt: skip
    return desk


def hand_in(client, desk, content: bytes, name: str = "order.pdf", kind: str = "application/pdf"):
    file = SimpleUploadedFile(name, content, content_type=kind)
    return client.post(f"{desk.at}orders/{desk.order.ref}/scan/", {"scan": file})


def test_a_scan_is_kept_unreadable_and_comes_back_whole_as_a_file_to_save(ordered, visit):
    content = a_pdf()
    assert hand_in(visit(ordered.rita), ordered, content).status_code == 302
    kept = Scan.objects.get()
    assert (kept.kind, kept.bytes, content in bytes(kept.sealed), b"%PDF" in bytes(kept.sealed)) == (
        "application/pdf", len(content), False, False,
    )  # fmt: skip
    answer = visit(ordered.hall).get(f"{ordered.at}scans/{kept.ref}/")
    assert (answer.content, answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == (
        content, "application/pdf", "nosniff",
    )  # fmt: skip
    assert answer.headers["Content-Disposition"] == f'attachment; filename="court-order-{kept.ref}.pdf"'
    assert (acted("scan_kept"), acted("scan_opened")) == (
        [("Rita", ordered.omars_right.pk)], [("Hall", ordered.omars_right.pk)],
    )  # fmt: skip


def test_a_scan_moved_to_another_row_does_not_open(ordered, visit):
    hand_in(visit(ordered.rita), ordered, a_pdf())
    Scan.objects.update(ref="otherrefxx")
    with pytest.raises(InvalidTag):
        visit(ordered.rita).get(f"{ordered.at}scans/otherrefxx/")


def test_sealed_anew_a_scan_needs_the_old_key_no_more(ordered, visit, settings):
    content = a_pdf()
    hand_in(visit(ordered.rita), ordered, content)
    settings.PIN_KEYS = ["new", *settings.PIN_KEYS]
    assert scans.seal_anew("default") == 1
    settings.PIN_KEYS = ["new"]
    assert visit(ordered.rita).get(f"{ordered.at}scans/{Scan.objects.get().ref}/").content == content


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"<html><script>alert(1)</script>", "order.pdf", "application/pdf"),
        (b"<html>", "order.html", "text/html"),
        (b"%PDF-1.7 <html>", "order.html", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "order.png", "application/pdf"),
        (b"MZ\x90", "order.exe", "application/octet-stream"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "order.svg", "image/svg+xml"),
        (b"", "order.pdf", "application/pdf"),
        (b"%PDF-1.7\nnothing more", "order.pdf", "application/pdf"),
    ],
)
def test_what_is_no_scan_is_refused_in_words_and_kept_nowhere(ordered, visit, content, name, kind):
    answer = hand_in(visit(ordered.rita), ordered, content, name, kind)
    assert (answer.status_code, Scan.objects.count()) == (422, 0)
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("script", "holds scripts or other files"),
        ("attached", "holds scripts or other files"),
        ("locked", "locked with a password"),
    ],
)
def test_a_pdf_that_does_things_is_refused(ordered, visit, fault, said):
    answer = hand_in(visit(ordered.rita), ordered, a_pdf(**{fault: True}))
    assert (answer.status_code, Scan.objects.count()) == (422, 0)
    assert said in words(answer)


def test_a_file_over_ten_megabytes_is_refused(ordered, visit):
    answer = hand_in(
        visit(ordered.rita), ordered, b"\xff\xd8\xff" + b"0" * 10_000_000, "order.jpg", "image/jpeg"
    )
    assert (answer.status_code, Scan.objects.count()) == (422, 0)
    assert "larger than 10 MB" in words(answer)


@pytest.mark.parametrize("who", ["ms_reed", "elsewhere"])
def test_a_scan_opens_to_the_desk_of_the_school_alone(ordered, visit, who):
    hand_in(visit(ordered.rita), ordered, a_pdf())
    kept = Scan.objects.get()
    client = visit(getattr(ordered, who))
    assert client.get(f"{ordered.at}scans/{kept.ref}/").status_code == 404
    assert hand_in(client, ordered, a_pdf()).status_code == 404
    with within("staff", getattr(ordered, who).pk):
        assert not Scan.objects.exists()
    assert hand_in(visit(ordered.hall), ordered, a_pdf()).status_code == 403  # a principal reads
    assert Scan.objects.count() == 1
    assert acted("scan_opened") == []


def test_a_scan_opens_after_a_fresh_sign_on(ordered, visit, idle):
    hand_in(visit(ordered.rita), ordered, a_pdf())
    client = visit(ordered.hugo)
    idle(6)
    assert client.get(f"{ordered.at}scans/{Scan.objects.get().ref}/").status_code == 302


# Fields the SIS owns, and rights the desk keeps


def test_what_the_sis_owns_is_read_only_and_says_where_to_change_it(desk, visit, settings):
    settings.DISTRICT = replace(settings.DISTRICT, desk_keeps=())
    client = visit(desk.rita)
    page = words(client.get(desk.at + "rights/"))
    assert f"Change this in {settings.DISTRICT.sis_name}." in page
    assert "Which paper did you see?" not in page
    answer = client.post(desk.at + "rights/", the_rights(desk.omars_right, "none") | {"act": "save"})
    desk.omars_right.refresh_from_db()
    assert (answer.status_code, desk.omars_right.educational_rights) == (422, "full")


def the_rights(right: Guardianship, rights: str, ends=None) -> dict:
    return (
        {"who": right.pk, "educational_rights": rights, "paper": "court"}
        | dated("paper_on", localdate())
        | dated("ends", ends)
    )


@pytest.fixture
def keeping(desk, settings):
    settings.DISTRICT = replace(settings.DISTRICT, desk_keeps=("guardians", "contacts"))
    return desk


def test_rights_that_shrink_count_at_once_and_rights_that_grow_wait(keeping, visit):
    ends = localdate() + timedelta(days=90)
    keeping.omars_right.ends = localdate() + timedelta(days=30)
    keeping.omars_right.save()
    answer = save(
        visit(keeping.rita), keeping.at + "rights/", the_rights(keeping.omars_right, "limited", ends)
    )
    assert "What takes away counts now. What gives waits for a second person." in words(answer)
    right = keeping.omars_right
    right.refresh_from_db()
    assert (right.educational_rights, right.ends) == ("limited", localdate() + timedelta(days=30))
    assert right.said["educational_rights"] == "full"  # the feed's word, so that it does not count as new
    waits = Decision.objects.get(state="waiting")
    assert (waits.values, waits.before) == (
        {"ends": ends.isoformat()}, {"ends": (localdate() + timedelta(days=30)).isoformat()},
    )  # fmt: skip
    visit(keeping.hugo).post(f"{keeping.at}decisions/{waits.ref}/", {"act": "agree"})
    right.refresh_from_db()
    assert right.ends == ends


def test_what_changed_since_it_was_asked_is_asked_again(keeping, visit):
    keeping.omars_right.educational_rights = "none"
    keeping.omars_right.save()
    save(visit(keeping.rita), keeping.at + "rights/", the_rights(keeping.omars_right, "full"))
    waits = Decision.objects.get(state="waiting")
    Guardianship.objects.filter(pk=keeping.omars_right.pk).update(educational_rights="limited")
    answer = visit(keeping.hugo).post(f"{keeping.at}decisions/{waits.ref}/", {"act": "agree"})
    assert (answer.status_code, standing(keeping.omar)) == (409, Standing.OPEN)
    assert Guardianship.objects.get(pk=keeping.omars_right.pk).educational_rights == "limited"


def test_the_desk_reminds_thirty_days_before_a_right_ends(desk, visit):
    for days, right in ((30, desk.omars_right), (31, desk.mothers_right)):
        right.ends = localdate() + timedelta(days=days)
        right.save()
    page = words(visit(desk.rita).get("/staff/registrar/"))
    assert "Omar Haddad" in page
    assert "Marisol Reyes" not in page
    assert "Omar Haddad" not in words(visit(desk.elsewhere).get("/staff/registrar/"))


# What it costs


def test_the_desk_asks_as_often_for_many_adults_as_for_few(ordered, visit):
    desk = ordered

    def asked(tab: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(desk.at + tab).status_code == 200
        return len(queries)

    client = visit(desk.rita)
    client.get(desk.at)
    before = [asked(tab) for tab in TABS]
    for n in range(5):
        adult = Guardian.objects.create(**rostered(f"more-{n}"), given_name="Many", family_name=f"No{n}")
        right = guardianship(desk.ana, adult)
        Decision.objects.create(
            student=desk.ana, guardianship=right, act="rights", state="done", asked_by=desk.hugo
        )
        CourtOrder.objects.create(
            student=desk.ana, guardianship=right, kind="other", court="C", number="1", begins=localdate(),
            no_records=False, no_pick_up=True, hide_location=False, hide_adults=False,
        )  # fmt: skip
    assert [asked(tab) for tab in TABS] == before


# Adults, contacts and addresses


def test_an_adult_the_desk_lists_sees_nothing_until_two_people_gave_rights(keeping, visit):
    aunt = Guardian.objects.create(**rostered("g-rosa"), given_name="Rosa", family_name="Diaz")
    known = KnownContact.objects.create(guardian=aunt, student=keeping.ana, source="sis", run_id=1)
    said = {"who": known.pk, "relationship": "relative", "paper": "affidavit"} | dated(
        "paper_on", localdate()
    )
    answer = save(visit(keeping.rita), keeping.at + "guardians/", said)
    assert "They see nothing yet: give educational rights next." in words(answer)
    right = Guardianship.objects.get(guardian=aunt)
    assert {key.key for key in right.keys.filter(school=keeping.oak)} == {"rosa diaz", "diaz rosa"}
    assert (right.educational_rights, right.source, right.relationship) == ("none", "desk", "relative")
    with pytest.raises(pins.NotVerified):
        pins.give(right, by="Office")
    save(visit(keeping.rita), keeping.at + "rights/", the_rights(right, "full"))
    with pytest.raises(pins.NotVerified):
        pins.give(right, by="Office")
    visit(keeping.hugo).post(
        f"{keeping.at}decisions/{Decision.objects.get(state='waiting').ref}/", {"act": "agree"}
    )
    assert len(pins.give(right, by="Office")[1]) == 8


def test_somebody_new_is_listed_and_found_by_name(keeping, visit):
    said = {
        "who": "new",
        "given_name": "Zoraida",
        "family_name": "Quintanilla",
        "relationship": "grandparent",
        "paper": "court",
    }
    save(visit(keeping.rita), keeping.at + "guardians/", said | dated("paper_on", localdate()))
    assert "Zoraida Quintanilla" in words(visit(keeping.rita).get(keeping.at))
    found = visit(keeping.rita).get(
        "/staff/search/", {"search_by": "parent", "last_name": "quintanilla", "active": "on"}
    )
    assert "Ana" in words(found)


@pytest.fixture
def called(keeping):
    """Two people the school calls for Ana, from the feed."""
    for n, name in enumerate(("Sam", "Pat"), 1):
        EmergencyContact.rows.for_import().create(
            **rostered(f"c-{name}"), student=keeping.ana, priority=n, given_name=name, family_name="Lee",
            relationship="neighbor", phone=f"+1213555014{n}",
        )  # fmt: skip
    return keeping


def on_call(student) -> list[tuple[str, int, bool]]:
    rows = EmergencyContact.rows.for_import().filter(student=student, active=True).order_by("priority")
    return list(rows.values_list("given_name", "priority", "may_pick_up"))


def places(called, *numbers: int) -> dict:
    rows = EmergencyContact.rows.for_import().filter(student=called.ana).order_by("pk")
    return (
        {f"place_{row.pk}": n for row, n in zip(rows, numbers, strict=True)}
        | {"paper": "card"}
        | dated("paper_on", localdate())
    )


def test_contacts_are_put_in_order_removed_and_added_from_papers(called, visit):
    client = visit(called.rita)
    save(client, called.at + "contacts/", places(called, 2, 1))
    assert on_call(called.ana) == [("Pat", 1, None), ("Sam", 2, None)]
    sam = EmergencyContact.rows.for_import().get(given_name="Sam")
    more = {
        f"remove_{sam.pk}": "on",
        "given_name": "Kim",
        "relationship": "friend",
        "phone": "213-555-0150",
        "may_pick_up": "on",
    }
    answer = save(client, called.at + "contacts/", places(called, 2, 1) | more)
    assert "The list of people to call is changed." in words(answer)
    assert on_call(called.ana) == [("Pat", 1, None), ("Kim", 2, True)]
    assert acted("contacts_changed") == [("Rita", None)] * 2


def test_a_list_sent_twice_answers_as_the_first_time(called, visit):
    client = visit(called.rita)
    sam = EmergencyContact.rows.for_import().get(given_name="Sam")
    said = looked(client, called.at + "contacts/", places(called, 1, 2) | {f"remove_{sam.pk}": "on"}) | {
        "act": "save"
    }
    assert [client.post(called.at + "contacts/", said).status_code for _n in range(2)] == [302, 302]
    assert on_call(called.ana) == [("Pat", 1, None)]


def test_whom_an_order_keeps_away_cannot_be_added_for_pick_up(called, visit):
    CourtOrder.objects.create(
        student=called.ana, guardianship=called.omars_right, kind="custody", court="C", number="1", begins=localdate(),
        no_records=False, no_pick_up=True, hide_location=False, hide_adults=False,
    )  # fmt: skip
    more = {
        "given_name": "OMAR",
        "family_name": "Haddad",
        "relationship": "friend",
        "phone": "213-555-0150",
        "may_pick_up": "on",
    }
    answer = save(visit(called.rita), called.at + "contacts/", places(called, 1, 2) | more)
    assert (answer.status_code, len(on_call(called.ana))) == (422, 2)
    assert "A court order says that this person may not pick the student up." in words(answer)
    assert "By court order, Omar Haddad may not pick up this student." in words(
        visit(called.ms_reed).get(f"/staff/students/{called.ana.ref}/")
    )


def test_a_contact_half_typed_in_is_asked_for_and_kept(called, visit):
    answer = save(visit(called.rita), called.at + "contacts/", places(called, 1, 2) | {"given_name": "Kim"})
    assert answer.status_code == 422
    assert "Enter a phone number, like 213-555-0100." in words(answer)
    assert 'value="Kim"' in answer.content.decode()


def test_contacts_the_sis_owns_have_no_form_and_take_none(called, visit, settings):
    settings.DISTRICT = replace(settings.DISTRICT, desk_keeps=())
    client = visit(called.rita)
    assert "Change this in" in words(client.get(called.at + "contacts/"))
    for page in ("contacts/", "guardians/", "address/new/"):
        assert client.post(called.at + page, places(called, 2, 1) | {"act": "save"}).status_code == 404
    assert on_call(called.ana) == [("Sam", 1, None), ("Pat", 2, None)]


@pytest.fixture
def housed(desk):
    """Where Marisol lives, from the feed."""
    desk.home = ContactPoint.objects.create(
        **rostered("p-1"), guardian=desk.mothers_right.guardian, kind="homeAddress", value="402 Juniper Row",
        city="Lomita", state="CA", postal_code="90717",
    )  # fmt: skip
    return desk


def asked_of(housed, confidential: str) -> dict:
    said = {"whose": housed.home.guardian_id, "confidential": confidential, "paper": "court"}
    return said | dated("paper_on", localdate())


def hides(housed) -> bool:
    housed.home.refresh_from_db()
    return housed.home.do_not_publish


def test_an_address_is_hidden_at_once_and_shown_again_by_two_people(housed, visit):
    save(visit(housed.rita), housed.at + "address/", asked_of(housed, "yes"))
    assert hides(housed)
    assert "Limited record." in words(visit(housed.ms_reed).get(f"/staff/students/{housed.ana.ref}/"))
    save(visit(housed.rita), housed.at + "address/", asked_of(housed, "no"))
    assert hides(housed)
    asked = Decision.objects.get(state="waiting")
    assert visit(housed.rita).post(f"{housed.at}decisions/{asked.ref}/", {"act": "agree"}).status_code == 409
    visit(housed.hugo).post(f"{housed.at}decisions/{asked.ref}/", {"act": "agree"})
    assert not hides(housed)


def test_a_new_address_of_a_hidden_home_is_hidden_too(housed, visit, settings):
    settings.DISTRICT = replace(settings.DISTRICT, desk_keeps=("address",))
    ContactPoint.objects.update(do_not_publish=True)
    said = {"whose": housed.home.guardian_id, "kind": "mailAddress", "value": "PO Box 7", "city": "Carson", "postal_code": "90745",
            "paper": "home"} | dated("paper_on", localdate())  # fmt: skip
    save(visit(housed.rita), housed.at + "address/new/", said)
    assert (
        ContactPoint.objects.filter(
            value="PO Box 7", do_not_publish=True, source="desk", proof="home"
        ).count()
        == 1
    )


# Orders that hide something, and still show the record


def hiding(desk, **switches: bool) -> CourtOrder:
    every = dict.fromkeys(CourtOrder.SWITCHES, False) | switches
    return CourtOrder.objects.create(
        student=desk.ana,
        guardianship=desk.omars_right,
        kind="custody",
        court="C",
        number="1",
        begins=localdate(),
        **every,
    )


def test_an_order_hides_the_place_from_the_adult_it_limits_alone(desk):
    hiding(desk, hide_location=True)
    told = []
    for who in (desk.omar, desk.mother):
        with within("family", who.pk):
            told.append(confidential(desk.ana))
    assert (told, standing(desk.omar)) == ([True, False], Standing.OPEN)


def test_an_order_hides_the_other_adults_from_the_adult_it_limits_alone(called, visit):
    EmergencyContact.rows.for_import().filter(given_name="Sam").update(guardian=called.mothers_right.guardian)
    hiding(called, hide_adults=True)
    page = f"/students/{called.ana.ref}/emergency-contacts/"
    assert (
        "Sam Lee" in words(visit(called.omar).get(page)),
        "Pat Lee" in words(visit(called.omar).get(page)),
    ) == (False, True)
    assert "Sam Lee" in words(visit(called.mother).get(page))
