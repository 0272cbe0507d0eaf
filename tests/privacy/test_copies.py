"""A family gets a copy of the record: made by a job that asks the gate anew, kept encrypted, deleted after its hours."""

import io
import json
from datetime import date, timedelta

import pytest
from django.utils.timezone import now
from pypdf import PdfReader

from portal.audit.models import Access
from portal.family.models import Guardianship, Link
from portal.people import jobs as mail_jobs
from portal.privacy import copies, jobs, leaves
from portal.privacy.models import Copy
from portal.record.contents import section
from tests.privacy.conftest import words
from tests.sections.attendance_rows import MONDAY, calendar, marks
from tests.sections.test_timeline import an_event

CHOSEN = {"sections": ["attendance", "grades"]}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Files of this test alone."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "copies"


@pytest.fixture
def client(family, visit):
    return visit(family.mother)


@pytest.fixture
def made(family, client, of_ana):
    """A copy that Ana's mother asked for and the worker made."""
    client.post(of_ana("download"), CHOSEN)
    jobs.make_copy(Copy.objects.get().pk, family.mother.pk)
    return Copy.objects.get()


def file_of(copy, of_ana) -> str:
    return of_ana("download") + f"{copy.ref}/data/"


def test_asking_says_that_we_make_the_file_and_how_long_it_takes(client, of_ana):
    answer = client.post(of_ana("download"), CHOSEN, follow=True)
    assert "We are making your file." in words(answer)
    assert "We will email you when it is ready, usually within 5 minutes." in words(answer)
    assert "A new copy" not in words(answer)


def test_the_file_holds_the_chosen_sections_as_their_pages_show_them(client, made, of_ana):
    answer = client.get(file_of(made, of_ana))
    record = json.loads(answer.content)
    assert list(record["sections"]) == ["attendance", "grades"]
    assert record["student"]["student_id"] == "204518X327"
    page = client.get(
        of_ana("download").replace("/privacy/", "/students/").replace("download/", "attendance.json")
    )
    assert record["sections"]["attendance"]["record"] == page.json()["reading"]
    assert answer["Content-Disposition"] == 'attachment; filename="school-record.json"'
    assert "no-store" in answer["Cache-Control"]


def test_the_pdf_says_what_the_pages_say_in_the_readers_language(client, made, of_ana, family):
    answer = client.get(file_of(made, of_ana).replace("/data/", "/pdf/"))
    paper = PdfReader(io.BytesIO(answer.content))
    said = " ".join(" ".join(page.extract_text().split()) for page in paper.pages)
    assert (answer["Content-Type"], paper.metadata.title) == ("application/pdf", "Copy of a school record")
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"].value
    for words_ in ("Ana Reyes, Grade 9, Oak School.", "Attendance", "Grades"):
        assert words_ in said
    assert not any(word in said for word in ("Menu", "Sign out", "Previous:", "Next:"))


def test_a_long_section_is_on_paper_to_its_last_page(family, on, admit):
    at = on(date(2026, 10, 30))
    calendar(at.oak, date(2026, 8, 17), date(2026, 10, 30))
    days = [day for n in range(70) if (day := date(2026, 8, 17) + timedelta(days=n)).weekday() < 5]
    marks(at.ana, [(day, "absent") for day in days])
    attendance = section("attendance")
    blocks = leaves.of(copies.gate.Actor(at.mother), admit(at.mother, at.ana, attendance), attendance)
    assert sum(len(block["rows"]) for block in blocks if block["kind"] == "t") == len(days) == 50


def test_what_happened_is_on_paper_without_a_mark_of_the_last_visit(on, admit):
    at = on(MONDAY)
    an_event(at.ana, "attendance.absent", MONDAY)
    timeline = section("timeline")
    blocks = leaves.of(copies.gate.Actor(at.mother), admit(at.mother, at.ana, timeline), timeline)
    assert "Ana was marked absent." in [block.get("text") for block in blocks]


def test_lines_of_one_cell_do_not_run_together():
    leaf = leaves.Leaf()
    leaf.feed(
        "<main><table><tr><th>Shot</th></tr><tr><th>DTaP<p>Against tetanus</p></th></tr>"
        "<tr><td><ol><li>May 14</li><li>July 14</li></ol></td></tr></table></main>"
    )
    assert leaf.blocks == [
        {"kind": "t", "head": ["Shot"], "rows": [["DTaP Against tetanus"], ["May 14 · July 14"]]}
    ]


def test_a_phone_number_in_persian_words_keeps_its_order_on_paper():
    leaf = leaves.Leaf()
    leaf.feed('<main><p>با <bdi dir="ltr">(310) 555-0107</bdi> تماس بگیرید، <bdi>Ana</bdi>.</p></main>')
    assert leaf.blocks == [{"kind": "p", "text": "با \u2066(310) 555-0107\u2069 تماس بگیرید، Ana."}]


def test_what_one_presses_is_not_on_paper_and_an_address_may_break_at_each_dot():
    leaf = leaves.Leaf()
    leaf.feed(
        '<main><p>Cell <a class="button second" href="/change/">Change</a></p>'
        '<p><a class="reach" href="mailto:x"><bdi>ann@<wbr>schools.example.org</bdi></a> v1.2</p></main>'
    )
    assert leaf.blocks == [
        {"kind": "p", "text": "Cell"},
        {"kind": "p", "text": "ann@\u200bschools.\u200bexample.\u200borg v1.2"},
    ]


def test_the_mail_says_nothing_of_the_student(made, mailoutbox, db):
    mail_jobs.deliver_waiting()
    [letter] = mailoutbox
    said = letter.subject + letter.body + letter.alternatives[0].content
    assert "/privacy/" in letter.body
    assert not any(word in said for word in ("Ana", "Reyes", "Oak", "ttendance", made.ref, made.student.ref))


def test_the_file_on_the_disk_tells_nothing(made, folder):
    [path] = folder.iterdir()
    content = path.read_bytes()
    assert b"Reyes" not in content
    assert content[:2] != b"PK"
    assert (path.stat().st_mode & 0o077, made.ref in path.name) == (0, False)


def test_asking_making_and_opening_are_written_down(client, made, of_ana, family):
    client.get(file_of(made, of_ana))
    rows = Access.objects.exclude(action="see").order_by("pk").values_list("section", "action")
    assert list(rows) == [
        ("privacy_copy", "copy_asked"),
        ("attendance", "copied"),
        ("grades", "copied"),
        ("privacy_copy", "copy_opened"),
    ]
    assert "You opened your copy" in words(client.get(of_ana("log")))


def test_a_right_that_ended_before_the_job_ran_makes_no_file(client, of_ana, family, folder, mailoutbox):
    client.post(of_ana("download"), CHOSEN)
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(access_restriction="noRecords")
    jobs.make_copy(Copy.objects.get().pk, family.mother.pk)
    assert Copy.objects.get().state == Copy.State.NOT_MADE
    assert not folder.exists() or not list(folder.iterdir())
    mail_jobs.deliver_waiting()
    assert not mailoutbox


def test_a_child_taken_off_the_account_before_the_job_ran_makes_no_file(client, of_ana, family):
    client.post(of_ana("download"), CHOSEN)
    Link.objects.filter(person=family.mother).update(ended_at=now())
    jobs.make_copy(Copy.objects.get().pk, family.mother.pk)
    assert Copy.objects.get().state == Copy.State.NOT_MADE


def test_a_section_that_is_not_open_is_not_in_the_file(client, of_ana, family, monkeypatch):
    client.post(of_ana("download"), CHOSEN)
    real = copies.gate.admit

    def admit(actor, ref, asked):
        if asked is section("grades"):
            raise copies.gate.NotOpen(family.ana)
        return real(actor, ref, asked)

    monkeypatch.setattr(copies.gate, "admit", admit)
    jobs.make_copy(Copy.objects.get().pk, family.mother.pk)
    assert Copy.objects.get().sections == ["attendance"]


def test_a_right_that_ended_after_the_making_closes_the_file(client, made, of_ana, family):
    Link.objects.filter(person=family.mother).update(ended_at=now())
    assert client.get(file_of(made, of_ana)).status_code == 404


def test_another_guardian_cannot_open_the_file(made, of_ana, visit, second_parent):
    assert visit(second_parent[0]).get(file_of(made, of_ana)).status_code == 404


def test_the_file_asks_for_an_unlock(client, made, of_ana, idle, family, visit):
    own = visit(family.mother, own_device=True)
    idle(16)
    assert own.get(file_of(made, of_ana)).headers["Location"].startswith("/login/unlock/")


def test_after_its_hours_the_file_is_gone(client, made, of_ana, folder):
    Copy.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.get(file_of(made, of_ana)).status_code == 404
    jobs.delete_old_copies()
    assert list(folder.iterdir()) == []
    kept = Copy.objects.get()
    assert (kept.state, bytes(kept.sealed_key)) == (Copy.State.GONE, b"")


def test_a_job_run_twice_makes_one_file(family, made, folder, mailoutbox):
    jobs.make_copy(made.pk, family.mother.pk)
    assert len(list(folder.iterdir())) == 1
    mail_jobs.deliver_waiting()
    assert len(mailoutbox) == 1


def test_a_file_no_row_knows_is_cleared_away_after_a_day(made, folder, monkeypatch):
    (folder / "left-over").write_bytes(b"x")
    jobs.delete_old_copies()
    assert len(list(folder.iterdir())) == 2
    later = copies.time.time() + 2 * 24 * 3600
    monkeypatch.setattr(copies.time, "time", lambda: later)
    jobs.delete_old_copies()
    assert [path.name for path in folder.iterdir()] == [made.file]


def test_pressing_twice_makes_one_and_the_sixth_of_a_day_waits(client, of_ana, family):
    for _twice in range(2):
        client.post(of_ana("download"), CHOSEN)
    assert Copy.objects.count() == 1
    for _n in range(4):
        Copy.objects.update(state=Copy.State.GONE)
        client.post(of_ana("download"), CHOSEN)
    Copy.objects.update(state=Copy.State.GONE)
    assert client.post(of_ana("download"), CHOSEN).status_code == 429
    assert Copy.objects.count() == 5


def test_nothing_chosen_and_a_strange_section_are_refused_in_words(client, of_ana):
    assert "Choose at least one." in words(client.post(of_ana("download"), {}))
    assert client.post(of_ana("download"), {"sections": ["everything"]}).status_code == 422
    assert not Copy.objects.exists()
