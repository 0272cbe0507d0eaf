"""Report cards as a family reads, keeps and signs them."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now
from pypdf import PdfReader

from portal.paper import sheets
from portal.people.models import Person
from portal.record.contents import section
from portal.record.jobs import set_ahead
from portal.record.models import Printed
from portal.record.section import HomeFact
from portal.record.timeline import Change, Happening
from portal.sections.report_cards.models import Signature
from portal.sections.report_cards.reading import (
    Card,
    Course,
    MarkLine,
    ReportCard,
    ReportCards,
    read,
    read_card,
)
from portal.sections.report_cards.timeline import events
from portal.students.models import SchoolDay, Student, Term
from portal.web.formats import long_date, short_date
from tests.cast import rostered
from tests.sections.attendance_rows import marks as marks_of_days
from tests.sections.rows import a_mark, at_a_glance

REPORTS = section("report-cards")


@pytest.fixture
def posted(family):
    """Ana's fall: a B with habits, a comment and credits in Algebra; everything came out a day ago."""
    a_mark(
        family.ana, family.algebra, family.fall, "B", is_final=True, comment="Works with care.", teacher=family.ortiz,
        credits_attempted=Decimal(5), credits_earned=Decimal(5),
    )  # fmt: skip
    a_mark(family.ana, family.algebra, family.fall, "E", type="workHabits", is_final=True)
    return family


def latest(family) -> Card:
    at = max(mark.posted_at for mark in marks(family))
    fall = family.fall
    return Card(
        fall.pk, "Fall – Report card", "Fall", fall.school_year, True, at, None, fall.begins, fall.ends
    )


def marks(family):
    from portal.record.gradebook.models import Mark

    return Mark.rows.for_import().filter(student=family.ana)


def test_a_parent_reads_each_mark_with_its_meaning(posted, admit):
    grant = admit(posted.mother, posted.ana, REPORTS)
    assert read(grant) == ReportCards((latest(posted),), None)
    habits = MarkLine("Work habits", "E", "Excellent", None)
    assert read_card(grant, posted.fall.pk) == ReportCard(
        card=latest(posted),
        school="Oak School",
        courses=(
            Course(
                title="Algebra 1",
                teacher="Daniel Ortiz",
                marks=(MarkLine("Grade", "B", "", None), habits),
                credits_attempted=Decimal("5.00"),
                credits_earned=Decimal("5.00"),
                comments=(("Works with care.", "en"),),
            ),
        ),
        credits_earned=Decimal("5.00"),
        average=Decimal("3.00"),
        facts=(),
        key=(habits,),
    )


def test_it_says_the_average_of_its_grades_and_how_many_of_its_days_were_missed(posted, admit, visit):
    a_mark(posted.ana, None, posted.fall, "A", is_final=True, subject="Art", credits_attempted=Decimal("2.5"))
    a_mark(posted.ana, None, posted.fall, "P", is_final=True, subject="Advisory")
    days = [localdate() - timedelta(days=n) for n in range(6)]
    for day in days:
        SchoolDay.objects.create(**rostered(f"d-{day}"), school=posted.oak, on=day, kind="instruction")
    marks_of_days(posted.ana, [(days[1], "unverifiedAbsence"), (days[2], "tardy"), (days[3], "present")])
    marks_of_days(posted.ana, [(posted.fall.begins - timedelta(days=1), "excusedAbsence")])  # before the term
    reading = read_card(admit(posted.mother, posted.ana, REPORTS), posted.fall.pk)
    assert reading.average == Decimal("3.33")  # (3 x 5 + 4 x 2.5) / 7.5
    assert [(str(label), value) for label, value in reading.facts] == [
        ("Missed days", "1 of 6"),
        ("Late days", "1"),
    ]
    client = visit(posted.mother)
    body = client.get(reverse("report-cards_card", args=[posted.ana.ref, posted.fall.pk])).content.decode()
    pdf = client.get(reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "en"])).content
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for words in ("1 of 6", "3.33", "Key to marks", "Excellent"):
        assert words in body, words
        assert words in paper, words


def test_a_progress_report_has_no_average(family, admit):
    a_mark(family.ana, family.algebra, family.fall, "B")
    assert read_card(admit(family.mother, family.ana, REPORTS), family.fall.pk).average is None


def test_standards_are_squares_and_words_and_never_letters(family, admit, visit):
    a_mark(family.ana, family.algebra, family.fall, "3", type="standard", subject="Number and operations")
    (course,) = read_card(admit(family.mother, family.ana, REPORTS), family.fall.pk).courses
    assert course.marks == (MarkLine("Number and operations", "3", "Meets the goal for this grade level", 3),)
    page = visit(family.mother).get(reverse("report-cards_card", args=[family.ana.ref, family.fall.pk]))
    assert "Meets the goal for this grade level" in page.content.decode()


def test_the_page_lists_links_and_what_is_new_since_the_last_visit(posted, visit):
    client, address = visit(posted.mother), reverse("report-cards", args=[posted.ana.ref])
    first = client.get(address).content.decode()
    assert "<bdi>Fall</bdi> – Report card" in first
    assert 'class="pill new"' not in first  # nobody knows what was seen before the first visit


def test_nothing_of_a_report_card_exists_before_its_hour(family, admit, visit):
    a_mark(
        family.ana, family.algebra, family.fall, "D", posted_at=now() + timedelta(hours=1), comment="Unseen"
    )
    grant = admit(family.mother, family.ana, REPORTS)
    assert read(grant).cards == ()
    assert at_a_glance(REPORTS, [grant])[family.ana.pk].tile == "Nothing yet"
    client = visit(family.mother)
    for name, args in (
        ("report-cards_card", [family.ana.ref, family.fall.pk]),
        ("report-cards_pdf", [family.ana.ref, family.fall.pk, "en"]),
        ("report-cards_seen", [family.ana.ref, family.fall.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert "Unseen" not in client.get(reverse("report-cards", args=[family.ana.ref])).content.decode()


def test_the_first_one_of_the_year_is_announced(on, admit, visit):
    family = on(localdate())
    ends = localdate() + timedelta(days=20)
    Term.objects.create(
        **rostered("p1"), title="Period 1", type="gradingPeriod", begins=localdate() - timedelta(days=20), ends=ends,
        school_year=ends.year, parent=family.fall,
    )  # fmt: skip
    assert read(admit(family.mother, family.ana, REPORTS)) == ReportCards((), ends + timedelta(days=7))
    body = visit(family.mother).get(reverse("report-cards", args=[family.ana.ref])).content.decode()
    assert f"The first report card comes out on {long_date(ends + timedelta(days=7))}" in body


@pytest.mark.parametrize(("ago", "said"), [(7, True), (8, False)])
def test_a_period_that_is_over_is_waited_for_until_its_report_card_is_due(on, admit, ago, said):
    family = on(date(2026, 11, 27))
    ends = date(2026, 11, 27) - timedelta(days=ago)
    for name, begins, last in (
        ("p1", date(2026, 9, 1), ends),
        ("p2", ends + timedelta(days=1), date(2027, 3, 12)),
    ):
        Term.objects.create(
            **rostered(name), title=name, type="gradingPeriod", begins=begins, ends=last, school_year=2027,
            parent=family.fall,
        )  # fmt: skip
    first = read(admit(family.mother, family.ana, REPORTS)).first_on
    assert first == (ends + timedelta(days=7) if said else date(2027, 3, 19))


def test_the_pdf_is_tagged_in_the_familys_language_and_kept_until_it_changes(posted, visit, monkeypatch):
    client = visit(posted.mother)
    address = reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "fa"])
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="report-card.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    reader = PdfReader(io.BytesIO(answer.content))
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("fa")
    text = reader.pages[0].extract_text()
    assert "Algebra 1" in text
    assert posted.ana.student_id in text
    assert Printed.rows.for_import().values_list("name", flat=True).get() == f"{posted.fall.pk}/fa"
    monkeypatch.setattr(sheets, "pdf", lambda sheet: pytest.fail("it was kept"))
    assert client.get(address).content == answer.content
    monkeypatch.setattr(sheets, "pdf", lambda sheet: b"%PDF another")
    marks(posted).filter(type="academic").update(mark="A")
    assert client.get(address).content == b"%PDF another"
    assert Printed.rows.for_import().count() == 1


def test_the_link_says_how_large_the_pdf_is_once_it_was_set(posted, visit):
    client = visit(posted.mother)
    pages = [
        reverse("report-cards", args=[posted.ana.ref]),
        reverse("report-cards_card", args=[posted.ana.ref, posted.fall.pk]),
    ]
    assert not any(" KB" in client.get(page).content.decode() for page in pages)
    pdf = client.get(reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "en"])).content
    assert all(f"{-(-len(pdf) // 1024)} KB" in client.get(page).content.decode() for page in pages)


def test_news_from_the_school_sets_the_pdf_for_who_may_ask_for_it(posted, visit, monkeypatch):
    Person.objects.filter(pk=posted.mother.pk).update(last_login=now(), language="es")
    Person.objects.filter(pk=posted.father.pk).update(last_login=now())
    set_ahead(section="report-cards", students=[posted.ana.pk, posted.ben.pk])
    set_ahead(section="report-cards", students=[posted.ana.pk])  # twice is the same as once
    kept = Printed.rows.for_import().get()
    assert (kept.student, kept.name) == (posted.ana, f"{posted.fall.pk}/es")
    monkeypatch.setattr(sheets, "pdf", lambda sheet: pytest.fail("it was set"))
    address = reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "es"])
    assert visit(posted.mother).get(address).status_code == 200


def test_nobody_waits_for_a_pdf_of_who_did_not_sign_in_for_months_or_left(posted):
    for changed in ({"last_login": now() - timedelta(days=61)}, {"last_login": now(), "state": "closed"}):
        Person.objects.filter(pk=posted.mother.pk).update(**changed)
        set_ahead(section="report-cards", students=[posted.ana.pk])
    assert not Printed.rows.for_import().exists()


def test_a_pdf_that_cannot_be_set_now_leads_back_to_the_page(posted, visit, monkeypatch):
    def not_now(sheet: sheets.Sheet) -> bytes:
        raise sheets.NotReady

    monkeypatch.setattr(sheets, "pdf", not_now)
    client = visit(posted.mother)
    answer = client.get(reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "en"]), follow=True)
    assert "The PDF is not ready. You can read it on this page." in answer.content.decode()


def test_eleven_new_pdfs_in_an_hour_are_one_too_many(posted, visit, monkeypatch):
    monkeypatch.setattr(sheets, "pdf", lambda sheet: b"%PDF")
    client = visit(posted.mother)
    answers = []
    for n in range(11):
        marks(posted).filter(type="academic").update(subject=f"Algebra {n}", comment=f"{n}")
        answers.append(
            client.get(reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "en"])).status_code
        )
    assert answers == [200] * 10 + [302]


def test_a_language_the_district_does_not_speak_is_not_there(posted, visit):
    assert (
        visit(posted.mother)
        .get(reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "xx"]))
        .status_code
        == 404
    )


def test_a_parent_says_once_that_she_has_seen_it_and_no_one_else_reads_that(posted, visit, settings, admit):
    object.__setattr__(settings.DISTRICT, "report_card_seen", True)
    client, address = (
        visit(posted.mother),
        reverse("report-cards_seen", args=[posted.ana.ref, posted.fall.pk]),
    )
    assert client.post(address, {}).status_code == 422
    for _twice in range(2):
        assert client.post(address, {"seen": "on"}).status_code == 302
    assert Signature.rows.for_import().count() == 1
    (card,) = read(admit(posted.mother, posted.ana, REPORTS)).cards
    assert card.seen_on == localdate()
    assert read(admit(posted.ms_reed, posted.ana, REPORTS)).cards[0].seen_on is None


def test_where_the_school_does_not_ask_nothing_is_signed(posted, visit, settings):
    object.__setattr__(settings.DISTRICT, "report_card_seen", False)
    try:
        address = reverse("report-cards_seen", args=[posted.ana.ref, posted.fall.pk])
        assert visit(posted.mother).post(address, {"seen": "on"}).status_code == 404
    finally:
        object.__setattr__(settings.DISTRICT, "report_card_seen", True)


def test_someone_elses_report_card_and_no_report_card_are_the_same(posted, visit):
    client = visit(posted.bens_mother)
    assert (
        client.get(reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "en"])).status_code
        == 404
    )
    assert client.get(reverse("report-cards_card", args=[posted.ben.ref, posted.fall.pk])).status_code == 404


def test_the_tile_says_when_the_latest_came_out(posted, admit):
    assert at_a_glance(REPORTS, [admit(posted.mother, posted.ana, REPORTS)]) == {
        posted.ana.pk: HomeFact(tile=f"Posted {short_date(localdate(latest(posted).posted_at))}")
    }


def test_a_report_card_is_told_once_a_day_and_term(posted):
    changes = [Change(mark, {}) for mark in marks(posted)]
    on = localdate(latest(posted).posted_at)
    assert list(events(changes)) == [Happening("report-cards.posted", posted.ana.pk, on, {"term": "Fall"})]
    assert list(events([Change(changes[0].row, {"mark": "C"})])) == []


def test_twelve_years_of_report_cards_cost_the_page_no_query(posted, visit, django_assert_max_num_queries):
    for year in range(2015, 2026):
        term = Term.objects.create(
            **rostered(f"y{year}"), title=f"Fall {year}", type="semester", begins=date(year, 8, 1),
            ends=date(year, 12, 20), school_year=year + 1,
        )  # fmt: skip
        a_mark(posted.ana, posted.algebra, term, "B", posted_at=now() - timedelta(days=365))
    client, address = visit(posted.mother), reverse("report-cards", args=[posted.ana.ref])
    client.get(address)
    with django_assert_max_num_queries(12):
        body = client.get(address).content.decode()
    assert "Fall 2015" not in body
    assert "Fall 2015" in client.get(address + "?years=all").content.decode()


def test_long_comments_in_every_script_and_a_name_of_one_word_come_through_on_page_and_paper(posted, visit):
    words = "Works hard. Trabaja bien. خوب کار می‌کند. Хорошо. Լավ է. 잘해요. 做得好. 🎓 "
    a_mark(posted.ana, None, posted.fall, "A", is_final=True, subject="Art", comment=words * 200)
    Student.objects.filter(pk=posted.ana.pk).update(given_name="Selamawit", family_name="-")
    client = visit(posted.mother)
    page = client.get(reverse("report-cards_card", args=[posted.ana.ref, posted.fall.pk])).content.decode()
    assert page.count("خوب کار می‌کند") == 200
    answer = client.get(reverse("report-cards_pdf", args=[posted.ana.ref, posted.fall.pk, "fa"]))
    assert answer.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    assert len(reader.pages) > 1
    assert "Selamawit" in reader.pages[0].extract_text()
    assert "Selamawit -" not in reader.pages[0].extract_text()
