"""Assignments as a family reads them."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from portal.access import gate
from portal.people.models import Person
from portal.record.contents import section
from portal.record.gradebook import classes
from portal.record.gradebook.classes import Teacher
from portal.record.gradebook.models import Category, LineItem, Result
from portal.record.gradebook.work import Status
from portal.record.models import Arrival
from portal.record.section import CardFact, HomeFact, Need, Tone
from portal.record.timeline import Change, Happening
from portal.sections.assignments.home import home
from portal.sections.assignments.reading import Group, Show, read, read_one
from portal.sections.assignments.reading import family as family_of
from portal.sections.assignments.timeline import events
from portal.students.models import Enrollment, Student, Term
from portal.web.formats import short_date
from tests import cast
from tests.cast import Cast, rostered
from tests.sections.rows import a_class, a_result, a_teacher, an_item

ASSIGNMENTS = section("assignments")
TODAY = pytest.fixture(lambda: localdate(), name="today")


@pytest.fixture
def work(family: Cast, today: date) -> dict[str, LineItem]:
    """Ana's work in Algebra 1: one piece of each kind."""
    items = {}
    for title, days, status, more in (
        ("graded", -9, "fully graded", {"score": Decimal(18), "scored_on": today - timedelta(days=2)}),
        ("zero", -8, "fully graded", {"score": Decimal(0)}),
        ("excused", -7, "exempt", {}),
        ("missing", -6, "not submitted", {"missing": True}),
        ("old missing", -30, "not submitted", {}),
        ("waiting", -1, "submitted", {}),
        ("open", 2, "not submitted", {"missing": False}),
        ("silent", 3, "", {}),
        ("far", 12, "", {"assigned_on": today}),
    ):
        assigned = {"assigned_on": more.pop("assigned_on")} if "assigned_on" in more else {}
        items[title] = an_item(family.algebra, title, today + timedelta(days=days), **assigned)
        if status:
            a_result(items[title], family.ana, status, **more)
    return items


def titles(pieces) -> list[str]:
    return [piece.title for piece in pieces]


def shown(reading, **query: str):
    return reading.shown(query)


# What works


def test_a_year_of_work_stands_latest_first(family, admit, work):
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    assert [(piece.title, piece.status) for piece in reading.pieces] == [
        ("far", Status.NOT_GRADED),
        ("silent", Status.NOT_GRADED),
        ("open", Status.OPEN),
        ("waiting", Status.WAITING),
        ("missing", Status.NOT_TURNED_IN),
        ("excused", Status.EXCUSED),
        ("zero", Status.GRADED),
        ("graded", Status.GRADED),
        ("old missing", Status.NOT_TURNED_IN),
    ]
    assert (reading.not_turned_in, reading.starts, reading.ask) == (2, None, "")


def test_the_tabs_hold_what_they_say(family, admit, work):
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    assert {show.value: titles(shown(reading, show=show.value).pieces) for show in Show} == {
        "not-turned-in": ["missing", "old missing"],
        "due-soon": ["open", "silent", "far"],
        "graded": ["zero", "graded"],
        "all": ["far", "silent", "open", "waiting", "missing", "excused", "zero", "graded", "old missing"],
    }
    assert [(tab.show.value, tab.pieces) for tab in shown(reading).tabs] == [
        ("not-turned-in", 2),
        ("due-soon", 3),
        ("graded", 2),
        ("all", 9),
    ]


def test_the_first_tab_that_holds_something_opens(family, admit, today):
    item = an_item(family.algebra, "soon", today + timedelta(days=1))
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    assert (shown(reading).show, titles(shown(reading).pieces)) == (Show.DUE_SOON, ["soon"])
    a_result(item, family.ana, "fully graded", score=Decimal(3))
    assert shown(read(admit(family.mother, family.ana, ASSIGNMENTS))).show == Show.GRADED


def test_a_class_can_be_looked_at_alone(family, admit, work, today):
    biology = a_class(family, "Biology", family.ana)
    an_item(biology, "cells", today + timedelta(days=1))
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    alone = shown(reading, show="all", **{"class": biology.ref})
    assert titles(alone.pieces) == ["cells"]
    assert [(each.title, each.current) for each in alone.filters] == [("Algebra 1", False), ("Biology", True)]
    assert alone.at(show=Show.GRADED) == f"?show=graded&class={biology.ref}"


@pytest.mark.parametrize(
    "query",
    [
        {"show": "<script>", "class": "nobody", "page": "-1"},
        {"show": "", "class": "", "page": "0"},
        {"page": "99999999999999999999"},
        {"page": "²"},
        {"page": "1e9"},
    ],
)
def test_an_address_that_names_nothing_shows_the_first_page(family, admit, work, query):
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    assert shown(reading, **query) == shown(reading)


def test_twenty_stand_on_a_page_and_the_rest_follows(family, admit, today):
    for n in range(45):
        an_item(family.algebra, f"work {n:02}", today + timedelta(days=1 + n))
    LineItem.objects.update(assigned_on=today)
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    first, second, last, beyond = (shown(reading, page=page) for page in ("1", "2", "3", "9"))
    assert (len(first.so_far), len(second.so_far), len(last.so_far)) == (20, 40, 45)
    assert (first.more, second.more, last.more) == (25, 5, 0)
    assert titles(second.alone) == [f"work {n:02}" for n in range(20, 40)]
    assert beyond == last
    assert first.at(page=2) == "?show=due-soon&page=2"


def test_one_piece_says_everything(family, admit, today):
    item = an_item(
        family.algebra, "Essay", today - timedelta(days=3), description="Read chapter 2.\nAnswer 1 to 4."
    )
    a_result(item, family.ana, "fully graded", score=Decimal("17.5"), late=True, comment="Լավ է")
    told = read_one(admit(family.mother, family.ana, ASSIGNMENTS), item.ref)
    assert (told.piece.words, told.piece.late, told.piece.comment_language) == ("17.5 of 20", True, "hy")
    assert (told.instructions, told.period) == ("Read chapter 2.\nAnswer 1 to 4.", "1")
    assert told.teachers == (Teacher("Daniel Ortiz", "daniel.ortiz@staff.example.org"),)


def test_home_counts_what_is_not_turned_in(family, admit, work):
    url = f"/students/{family.ana.ref}/assignments/?show=not-turned-in"
    assert home([admit(family.mother, family.ana, ASSIGNMENTS)]) == {
        family.ana.pk: HomeFact(
            tile="2 not turned in",
            card=(CardFact("Not turned in", "2", url, Tone.WARN),),
            needs=(
                Need(
                    rank=1,
                    key=f"assignments.not_turned_in:{family.ana.ref}:2",
                    icon="clipboard-text",
                    sentence="<bdi>Ana</bdi>: 2 things not turned in",
                    detail="Algebra 1",
                    url=url,
                ),
            ),
        )
    }


def test_home_says_zero_only_where_there_is_work(family, admit, today):
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    assert home([grant])[family.ana.pk].tile == "Nothing yet"
    assert home([grant])[family.ana.pk].card[0].value == "Nothing yet"
    an_item(family.algebra, "soon", today + timedelta(days=1))
    fact = home([grant])[family.ana.pk]
    assert (fact.tile, fact.card[0].value, fact.needs) == ("0 not turned in", "0", ())


def test_a_young_childs_card_leaves_work_out(family, admit, today):
    art = a_class(family, "Art", family.ben)
    a_result(an_item(art, "collage", today - timedelta(days=2)), family.ben, "not submitted")
    fact = home([admit(family.bens_mother, family.ben, ASSIGNMENTS)])[family.ben.pk]
    assert (fact.tile, fact.card, len(fact.needs)) == ("1 not turned in", (), 1)
    assert fact.needs[0].sentence == "<bdi>Ben</bdi>: 1 thing not turned in"


def test_all_children_stand_in_one_list(family, today, work):
    cast.link(family.mother, cast.guardianship(family.ben, family.mothers_right.guardian))
    art = a_class(family, "Art", family.ben)
    a_result(an_item(art, "collage", today - timedelta(days=2)), family.ben, "not submitted")
    an_item(art, "mask", today + timedelta(days=6))
    an_item(art, "later", today + timedelta(days=7))
    reading = family_of(gate.admit_each(gate.Actor(family.mother), ASSIGNMENTS))

    def told(**query: str) -> dict[str, list[tuple[str, str]]]:
        return {
            group.name: [(row.name, row.piece.title) for row in rows]
            for group, rows in reading.shown(query).groups
        }

    assert told() == {
        "NOT_TURNED_IN": [("Ben", "collage"), ("Ana", "missing"), ("Ana", "old missing")],
        "DUE": [("Ana", "open"), ("Ana", "silent"), ("Ben", "mask")],
        "WAITING": [("Ana", "waiting")],
    }
    assert told(student=family.ben.ref) == {"NOT_TURNED_IN": [("Ben", "collage")], "DUE": [("Ben", "mask")]}
    assert told(student="nobody") == told()
    assert reading.shown({}).counts == {"NOT_TURNED_IN": 3, "DUE": 3, "WAITING": 1}
    assert [row.colour for _group, rows in reading.rows for row in rows if row.name == "Ben"] == [2, 2]
    assert [chip.ref for chip in reading.shown({}).chips] == ["", family.ana.ref, family.ben.ref]


# The pages


def page(client, name: str, query: str = "", **kwargs) -> str:
    answer = client.get(reverse(name, kwargs=kwargs) + query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_page_shows_the_count_first_and_each_status_in_words(family, visit, work, today):
    body = page(visit(family.mother), "assignments", "?show=all", ref=family.ana.ref)
    assert "9 assignments, 2 not turned in." in body
    assert "Not turned in (2)" in body
    for words in (
        "18 of 20",
        "0 of 20",
        "Excused – does not count",
        "Turned in, waiting for a grade",
        "Not graded yet",
        f"Not turned in – can still be turned in until {short_date(today + timedelta(days=2))}",
    ):
        assert f"<bdi>{words}</bdi>" in body


def test_classic_mode_shows_the_same_words_without_drawings(family, visit, work):
    Person.objects.filter(pk=family.mother.pk).update(classic=True)
    body = page(visit(family.mother), "assignments", "?show=all", ref=family.ana.ref)
    assert "9 assignments, 2 not turned in." in body
    assert "<bdi>0 of 20</bdi>" in body
    assert "<svg" not in body


def test_a_full_classic_page_is_small(family, visit, today):
    Person.objects.filter(pk=family.mother.pk).update(classic=True)
    for n in range(21):
        an_item(family.algebra, f"Unit 5 participation: systems of equations {n}", today - timedelta(days=n))
    answer = visit(family.mother).get(reverse("assignments", args=[family.ana.ref]) + "?show=all")
    assert len(answer.content) <= 10_000
    assert "Page 1 of 2" in answer.content.decode()


def test_json_tells_what_the_page_tells(family, visit, work):
    answer = visit(family.mother).get(reverse("assignments_json", args=[family.ana.ref])).json()
    assert answer["section"] == "assignments"
    assert answer["reading"]["not_turned_in"] == 2
    told = {piece["title"]: piece for piece in answer["reading"]["pieces"]}
    assert (told["zero"]["status"], told["zero"]["score"], told["zero"]["words"]) == (
        "graded",
        "0.00",
        "0 of 20",
    )
    assert (told["missing"]["status"], told["missing"]["score"]) == ("not_turned_in", None)


@pytest.mark.parametrize("classic", [False, True])
def test_a_piece_has_a_page(family, visit, today, classic):
    Person.objects.filter(pk=family.mother.pk).update(classic=classic)
    item = an_item(family.algebra, "Essay", today - timedelta(days=3), description="Read <b>chapter 2</b>.")
    a_result(item, family.ana, "fully graded", score=Decimal(18), comment="Молодец")
    client = visit(family.mother)
    raw = client.get(reverse("assignments_work", args=[family.ana.ref, item.ref])).content.decode()
    assert "Read &lt;b&gt;chapter 2&lt;/b&gt;." in raw
    assert '<p dir="auto" lang="ru">Молодец</p>' in raw
    assert "Daniel Ortiz" in raw
    letter = unquote(unescape(raw.partition('href="mailto:')[2].partition('"')[0]))
    assert letter.startswith(
        "daniel.ortiz@staff.example.org?subject=Ana, period 1 Algebra 1&body=Hello Daniel Ortiz,"
    )
    assert family.ana.student_id not in raw


@pytest.mark.parametrize("classic", [False, True])
def test_the_familys_page_lists_all_children(family, visit, work, classic):
    Person.objects.filter(pk=family.mother.pk).update(classic=classic)
    body = page(visit(family.mother), "family_assignments")
    assert "2 things are not turned in." in body
    assert "missing" in body
    assert "far" not in body.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "Nothing is due this week."), (1, "1 thing is due this week."), (2, "2 things are due this week.")],
)
def test_when_nothing_is_missing_the_familys_page_says_so(family, visit, today, n, words):
    for day in range(n):
        an_item(family.algebra, f"work {day}", today + timedelta(days=day))
    assert f"Nothing is missing. {words}" in page(visit(family.mother), "family_assignments")


def test_before_work_is_posted_the_page_says_why_it_is_empty(family, visit):
    body = page(visit(family.mother), "assignments", ref=family.ana.ref)
    assert "No assignments are posted yet." in body
    assert "Teachers post work at different times." in body


def test_a_young_childs_family_is_sent_to_the_teacher(family, visit):
    room = a_class(family, "Room 12", family.ben, type="homeroom")
    a_teacher(room, "Ji-woo", "Park", primary=True)
    music = a_class(family, "Music", family.ben)
    a_teacher(music, "Ada", "Bell")
    body = page(visit(family.bens_mother), "assignments", ref=family.ben.ref)
    assert "Ask <bdi>Ji-woo Park</bdi> about homework" in body


def test_before_the_year_starts_the_page_says_when_it_does(family, visit, today):
    Term.objects.update(begins=today + timedelta(days=20), ends=today + timedelta(days=200))
    body = page(visit(family.mother), "assignments", ref=family.ana.ref)
    assert "The school year starts on" in body
    assert "You will see this page fill in after that." in body


def test_an_old_record_says_that_it_is_old(family, visit):
    Arrival.objects.create(source="sis", file="results.csv", as_of=now() - timedelta(days=3), run_id=1)
    body = page(visit(family.mother), "assignments", ref=family.ana.ref)
    assert "This may be out of date. The last update from the school was" in body


# Who else is looking


@pytest.mark.parametrize("who", ["bens_mother", "stranger"])
def test_someone_elses_child_is_not_there(family, visit, work, who):
    client = visit(getattr(family, who))
    for name in ("assignments", "assignments_json"):
        assert client.get(reverse(name, args=[family.ana.ref])).status_code == 404
    url = reverse("assignments_work", args=[family.ana.ref, work["graded"].ref])
    assert client.get(url).status_code == 404


def test_another_childs_work_is_not_there_under_ones_own(family, visit, today):
    art = a_class(family, "Art", family.ben)
    item = an_item(art, "collage", today)
    url = reverse("assignments_work", args=[family.ana.ref, item.ref])
    assert visit(family.mother).get(url).status_code == 404
    assert visit(family.mother).get(url.replace(item.ref, "2222222222")).status_code == 404


def test_a_classmates_result_stays_the_classmates(family, admit, today):
    Enrollment.objects.create(**rostered("e-2"), student=family.ben, school_class=family.algebra)
    item = an_item(family.algebra, "Quiz", today - timedelta(days=1))
    a_result(item, family.ben, "not submitted", missing=True, comment="See me.")
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    [piece] = read(grant).pieces
    assert (piece.status, piece.comment) == (Status.NOT_GRADED, "")
    assert home([grant])[family.ana.pk].needs == ()
    assert read_one(grant, item.ref).piece == piece


def test_siblings_in_one_class_keep_their_own_results(family, today):
    cast.link(family.mother, cast.guardianship(family.ben, family.mothers_right.guardian))
    Enrollment.objects.create(**rostered("e-2"), student=family.ben, school_class=family.algebra)
    item = an_item(family.algebra, "Quiz", today - timedelta(days=1))
    a_result(item, family.ana, "not submitted", missing=True)
    a_result(item, family.ben, "submitted")
    grants = gate.admit_each(gate.Actor(family.mother), ASSIGNMENTS)
    assert {pk: fact.tile for pk, fact in home(grants).items()} == {
        family.ana.pk: "1 not turned in",
        family.ben.pk: "0 not turned in",
    }
    told = {group.name: [row.name for row in rows] for group, rows in family_of(grants).shown({}).groups}
    assert told == {"NOT_TURNED_IN": ["Ana"], "WAITING": ["Ben"]}


# Odd cases


def test_work_from_before_the_child_came_is_not_the_childs(family, admit, today):
    Enrollment.objects.update(begins=today - timedelta(days=10))
    an_item(family.algebra, "before", today - timedelta(days=11))
    carried = an_item(family.algebra, "carried over", today - timedelta(days=12))
    an_item(family.algebra, "after", today - timedelta(days=9))
    a_result(carried, family.ana, "fully graded", score=Decimal(5))
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    assert titles(reading.pieces) == ["after", "carried over"]


def test_work_the_teacher_has_not_assigned_yet_is_not_shown(family, admit, today):
    item = an_item(
        family.algebra, "surprise", today + timedelta(days=9), assigned_on=today + timedelta(days=2)
    )
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    assert read(grant).pieces == ()
    with pytest.raises(gate.Http404):
        read_one(grant, item.ref)


def test_a_dropped_class_asks_for_nothing_and_keeps_what_was_graded(family, admit, today, work):
    Enrollment.objects.update(ends=today - timedelta(days=3))
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    assert titles(read(grant).pieces) == ["excused", "zero", "graded"]
    assert home([grant])[family.ana.pk].needs == ()


def test_a_place_that_ends_with_the_term_is_no_dropped_class(family, admit, today, work):
    Term.objects.update(ends=today - timedelta(days=1))
    Enrollment.objects.update(ends=today - timedelta(days=4))
    assert not classes.of(admit(family.mother, family.ana, ASSIGNMENTS))[family.ana.pk].all[0].dropped


def test_coming_back_to_a_class_is_one_place(family, admit, today):
    Enrollment.objects.update(ends=today - timedelta(days=20))
    Enrollment.objects.create(
        **rostered("e-9"), student=family.ana, school_class=family.algebra, begins=today - timedelta(days=10)
    )
    an_item(family.algebra, "Quiz", today)
    reading = read(admit(family.mother, family.ana, ASSIGNMENTS))
    assert titles(reading.pieces) == ["Quiz"]


def test_work_taken_back_by_the_school_is_gone(family, admit, work):
    LineItem.objects.filter(pk=work["missing"].pk).update(active=False)
    Result.rows.for_import().filter(line_item=work["old missing"]).update(active=False)
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    assert read(grant).not_turned_in == 0
    assert home([grant])[family.ana.pk].tile == "0 not turned in"
    assert {piece.title: piece.status for piece in read(grant).pieces}["old missing"] == Status.NOT_GRADED


def test_last_years_work_makes_room_for_this_years(family, admit, today, work):
    new = Term.objects.create(
        **rostered("next"), title="Next", type="semester", begins=today, ends=today + timedelta(days=90),
        school_year=family.year.school_year + 1,
    )  # fmt: skip
    biology = a_class(family, "Biology", family.ana, terms=[new])
    an_item(biology, "cells", today)
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    assert titles(read(grant).pieces) == ["cells"]
    assert home([grant])[family.ana.pk].tile == "0 not turned in"


def test_very_long_and_mixed_texts_stay_whole(family, visit, today):
    title = "Ճանապարհորդություն: کتاب ۲ & <Quiz> " + "long " * 48
    item = an_item(family.algebra, title[:255], today - timedelta(days=1))
    a_result(item, family.ana, "fully graded", text_score="4 – عالی", comment="word " * 4000)
    body = page(visit(family.mother), "assignments", "?show=all", ref=family.ana.ref)
    assert f"<bdi>{title[:255]}</bdi>" in body
    assert "<bdi>4 – عالی</bdi>" in body
    assert "word " * 4000 in page(
        visit(family.mother), "assignments_work", ref=family.ana.ref, item=item.ref
    ).replace("</p>", " </p>")


def test_mononyms_stand_alone(family, admit, today):
    Student.objects.filter(pk=family.ana.pk).update(given_name="Suharto", family_name=".")
    art = a_class(family, "Art", family.ana)
    a_teacher(art, ".", "Teller")
    item = an_item(art, "mask", today - timedelta(days=1))
    a_result(item, family.ana, "not submitted")
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    assert home([grant])[family.ana.pk].needs[0].sentence == "<bdi>Suharto</bdi>: 1 thing not turned in"
    assert read(grant).pieces[0].teacher == "Teller"


# What happened


def changed(row: Result, **before: object) -> Change:
    everything = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    return Change(row, everything | before if before else {})


def test_news_is_told_once_and_old_work_is_no_news(family, work, today):
    rows = {row.line_item.title: row for row in Result.rows.for_import().select_related("line_item")}
    told = list(
        events(
            [
                changed(rows["graded"], status="submitted", score=None),
                changed(rows["zero"]),  # new, but the school does not say when it was graded
                changed(rows["missing"]),
                changed(rows["old missing"]),
                changed(rows["waiting"]),
                changed(rows["excused"]),
                changed(rows["open"]),
                changed(rows["graded"], comment="the words alone changed"),
            ]
        )
    )
    words = [{"title": title, "course": "Algebra 1"} for title in ("graded", "missing", "open")]
    assert told == [
        Happening("assignments.graded", family.ana.pk, today - timedelta(days=2), words[0]),
        Happening("assignments.not_turned_in", family.ana.pk, today - timedelta(days=6), words[1]),
        Happening("assignments.new", family.ana.pk, today - timedelta(days=5), words[2]),
    ]
    assert all(ASSIGNMENTS.sentences[each.kind] % each.words for each in told)


# How much is asked of the database


def test_pages_ask_the_database_as_much_for_forty_classes_as_for_one(family, visit, today):
    item = an_item(family.algebra, "first", today)
    for n in range(2):
        a_result(an_item(family.algebra, f"more {n}", today), family.ana, "submitted")
    counts = [_asked(visit(family.mother), family.ana, item)]

    for n in range(39):
        each = a_class(family, f"Class {n}", family.ana, period=str(n))
        a_teacher(each, "Teacher", str(n), primary=True)
        kind = Category.objects.create(**rostered(f"kind-{n}"), title="Homework")
        LineItem.objects.bulk_create(
            LineItem(
                **rostered(f"{n}-{k}"),
                title=f"{n}-{k}",
                assigned_on=today,
                due_on=today,
                school_class=each,
                category=kind,
            )
            for k in range(10)
        )
        for made in LineItem.objects.filter(school_class=each):
            a_result(made, family.ana, "submitted")
    cast.link(family.mother, cast.guardianship(family.ben, family.mothers_right.guardian))
    counts.append(_asked(visit(family.mother), family.ana, item))

    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 8


def _asked(client, student: Student, item: LineItem) -> dict[str, int]:
    """Statements of each page, without the transaction's own."""
    asked = {}
    for name, args in (
        ("assignments", [student.ref]),
        ("assignments_json", [student.ref]),
        ("assignments_work", [student.ref, item.ref]),
        ("family_assignments", []),
    ):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(reverse(name, args=args)).status_code == 200
        asked[name] = sum("SAVEPOINT" not in query["sql"] for query in captured)
    return asked


def test_home_asks_one_thing_for_any_number_of_children(family, admit, work, django_assert_num_queries):
    grants = [
        admit(family.mother, family.ana, ASSIGNMENTS),
        admit(family.bens_mother, family.ben, ASSIGNMENTS),
    ]
    with django_assert_num_queries(1):
        home(grants[:1])
    with django_assert_num_queries(1):
        home(grants)


def test_a_list_and_its_number_agree(family, admit, work):
    grant = admit(family.mother, family.ana, ASSIGNMENTS)
    assert classes.of(grant)[family.ana.pk].not_turned_in == read(grant).not_turned_in == 2
    rows = dict(family_of([grant]).rows)[Group.NOT_TURNED_IN]
    assert len(rows) == 2
