"""The second wall: whatever a query forgets or the gate gets wrong, PostgreSQL shows nobody else's rows."""

import ast
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import localdate, now

from portal.access import gate, registry, rules, wall
from portal.access.models import Post
from portal.config.env import ROOT
from portal.family.models import Guardian, Guardianship, Link, Pin
from portal.family.standing import standing
from portal.people import asking
from portal.people.asking import opened, within
from portal.people.models import Mail, Person
from portal.sections.attendance.models import Mark
from portal.students.models import Enrollment, Org, Student
from tests.cast import guardianship, link, person, rostered

PORTAL = ROOT / "portal"


def ask(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def a_mark(student: Student, on=None) -> None:
    Mark.rows.for_import().create(
        **rostered(f"m-{student.pk}-{on}"), student=student, school=student.school,
        on=on or localdate(), scope="day", category="unexcusedAbsence",
    )  # fmt: skip


@pytest.fixture
def marked(family):
    """A mark for Ana and one for Ben."""
    for student in (family.ana, family.ben):
        a_mark(student)
    return family


def seen() -> set[int]:
    """Whose marks a query finds that forgot to say whose."""
    return set(Mark.rows.for_import().values_list("student_id", flat=True))


# Every table


def test_every_table_stands_behind_the_wall_or_holds_no_word_about_a_family(db):
    found = {
        name: (walled and forced, policies)
        for name, walled, forced, policies in ask(
            """SELECT relname, relrowsecurity, relforcerowsecurity,
                 (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname <> 'at_work')
               FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"""
        )
    }
    open_ = {table.name for table in wall.tables() if table.open}
    outside = {name for name, (walled, policies) in found.items() if not walled or not policies} - open_
    assert {name for name in outside if not name.startswith(tuple(wall.LIBRARIES))} == set()


def test_no_open_table_points_to_a_student_a_guardian_or_an_account(db):
    open_ = [table.name for table in wall.tables() if table.open]
    pointing = ask(
        """SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'
           AND conrelid::regclass::text = ANY (%s) AND confrelid::regclass::text IN
             ('students_student', 'family_guardian', 'family_guardianship', 'family_link', 'people_person')""",
        open_,
    )
    assert pointing == []


def test_every_policy_the_models_ask_for_is_there_and_no_other(db):
    meant = {
        (table.name, policy.name) for table in wall.tables() if not table.open for policy in [*table.policies]
    }
    there = set(
        ask("SELECT tablename::text, policyname::text FROM pg_policies WHERE policyname <> 'at_work'")
    )
    assert there == meant


def test_a_policy_taken_away_comes_back_at_the_next_start(db):
    ask("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY family_r ON attendance_mark")
        cursor.execute("ALTER TABLE attendance_mark NO FORCE ROW LEVEL SECURITY")
    wall.build("default")
    assert ask(
        "SELECT count(*) FROM pg_policies WHERE tablename = 'attendance_mark' AND policyname = 'family_r'"
    ) == [(1,)]
    assert ask("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'attendance_mark'") == [(True,)]


def test_a_model_that_says_nothing_is_refused_by_name():
    from django.db import models

    class Diary(models.Model):
        words = models.TextField()

        class Meta:
            app_label = "record"
            managed = False

    try:
        with pytest.raises(wall.NoWall, match=r"record_diary: say in `wall` on .*Diary"):
            wall._table(Diary)
    finally:
        from django.apps import apps

        del apps.all_models["record"]["diary"]
        apps.clear_cache()


def test_functions_that_look_over_the_wall_are_few_listed_and_held(db):
    functions = ask(
        """SELECT proname::text, proconfig::text, has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc
           WHERE prosecdef AND pronamespace = current_schema()::regnamespace ORDER BY 1"""
    )
    assert [name for name, _config, _public in functions] == [
        "portal_about", "portal_adults", "portal_bare", "portal_children", "portal_confidential", "portal_dressed",
        "portal_everywhere", "portal_kept_away", "portal_measured", "portal_schools", "portal_session",
        "portal_settled", "portal_stands",
    ]  # fmt: skip
    assert all("search_path=" in config and "pg_temp" in config for _name, config, _public in functions)
    assert not any(public for _name, _config, public in functions)


def test_the_roles_can_do_nothing_by_themselves(db):
    roles = [wall.APP, *map(asking.role, asking.KINDS)]
    assert ask(
        """SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)
           AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole)""",
        roles,
    ) == []  # fmt: skip
    assert (
        ask(
            "SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE rolname = ANY (%s)", roles
        )
        == []
    )


# Nobody asks


def test_where_nobody_asks_no_protected_table_has_a_row(marked):
    pins = Pin.objects.create(guardianship=marked.mothers_right, sealed=b"x", lookup="x", expires_at=now())
    assert pins.pk
    counts = {}
    with asking.begun():
        for table in wall.tables():
            if not table.open:
                counts[table.name] = ask(f'SELECT count(*) FROM "{table.name}"')[0][0]
    assert {name: count for name, count in counts.items() if count} == {}
    assert Student.objects.count() == 2


def test_nobody_may_write_anything(marked):
    for statement in ("UPDATE students_student SET active = false", "DELETE FROM attendance_mark",
                      "INSERT INTO record_putaway (person_id, key) VALUES (1, 'x')"):  # fmt: skip
        with pytest.raises(DatabaseError), asking.begun():
            ask(statement)


def test_what_was_told_is_forgotten_with_the_transaction(family):
    with opened("family", family.mother.pk):
        assert ask("SELECT current_user::text, current_setting('app.actor')") == [
            ("portal_family", str(family.mother.pk))
        ]
        with within("linking", family.father.pk):
            assert ask("SELECT current_user::text") == [("portal_linking",)]
        with opened("worker"):
            assert ask("SELECT current_user::text, current_setting('app.actor')") == [("portal_worker", "")]
        assert ask("SELECT current_user::text, current_setting('app.actor')") == [
            ("portal_family", str(family.mother.pk))
        ]
    assert ask("SELECT current_user = session_user") == [(True,)]


def test_what_was_found_for_one_is_not_used_for_the_next(marked):
    with opened("family", marked.mother.pk):
        assert seen() == {marked.ana.pk}
        with opened("family", marked.bens_mother.pk):
            assert seen() == {marked.ben.pk}
        assert seen() == {marked.ana.pk}
        with within("staff", marked.ms_lee.pk):
            assert seen() == set()
        with within("staff", marked.ms_reed.pk):
            assert seen() == {marked.ana.pk, marked.ben.pk}
    Link.objects.filter(person=marked.mother).update(ended_at=now(), ended_because="school")
    with opened("family", marked.mother.pk):
        assert seen() == set()


def test_an_exception_gives_the_transaction_back_too(family):
    with pytest.raises(ZeroDivisionError), opened("family", family.mother.pk):
        raise ZeroDivisionError
    with pytest.raises(DatabaseError), opened("family", family.mother.pk):
        ask("SELECT nonsense")
    assert ask("SELECT current_user = session_user") == [(True,)]


# A filter is forgotten


def test_a_query_that_forgets_whose_marks_it_wants_gets_the_own_childs(marked):
    with opened("family", marked.mother.pk):
        assert seen() == {marked.ana.pk}
        assert set(Student.objects.all()) == {marked.ana}
        assert {e.student_id for e in Enrollment.objects.all()} <= {marked.ana.pk}
        assert set(Link.objects.values_list("person", flat=True)) == {marked.mother.pk}
        assert set(Guardian.objects.values_list("given_name", flat=True)) == {"Marisol"}
        assert set(Guardianship.objects.all()) == {marked.mothers_right}
        assert set(Person.objects.all()) == {marked.mother}
    with opened("family", marked.bens_mother.pk):
        assert seen() == {marked.ben.pk}
    with opened("family", marked.stranger.pk):
        assert (seen(), Student.objects.count(), Guardian.objects.count()) == (set(), 0, 0)


def test_a_query_of_staff_that_forgets_the_place_gets_the_own_schools(marked):
    with opened("staff", marked.ms_reed.pk):
        assert seen() == {marked.ana.pk, marked.ben.pk}
    with opened("staff", marked.ms_lee.pk):
        assert (seen(), Student.objects.count(), Guardianship.objects.count(), Link.objects.count()) == (
            set(),
            0,
            0,
            0,
        )


def test_the_door_knows_accounts_and_no_child(marked):
    with opened("door"):
        assert Person.objects.count() > 3
        assert (seen(), Student.objects.count(), Link.objects.count(), Guardian.objects.count()) == (
            set(),
            0,
            0,
            0,
        )


def test_linking_sees_the_one_child_whose_id_was_typed(marked):
    with opened("linking", marked.stranger.pk, about=f"id:{marked.ana.student_id}"):
        assert set(Student.objects.all()) == {marked.ana}
        assert set(Guardianship.objects.values_list("student", flat=True)) == {marked.ana.pk}
        assert seen() == set()
    with opened("linking", marked.stranger.pk, about="id:nobody"):
        assert (Student.objects.count(), Guardianship.objects.count()) == (0, 0)


def test_a_worker_knows_whom_to_write_to_and_no_mark(marked):
    with opened("worker"):
        assert Student.objects.count() == 2
        assert seen() == set()
        with pytest.raises(DatabaseError), transaction.atomic():
            Student.objects.update(active=False)


def test_the_reporter_counts_students_and_reads_no_name(marked):
    with opened("reporter"):
        assert ask("SELECT count(id) FROM students_student") == [(2,)]
        with pytest.raises(DatabaseError), transaction.atomic():
            ask("SELECT given_name FROM students_student")
        with pytest.raises(DatabaseError), transaction.atomic():
            ask("SELECT count(*) FROM attendance_mark")


def test_the_auditor_reads_the_record_of_access_and_no_record(marked):
    with opened("auditor"):
        assert ask("SELECT count(*) FROM audit_access") == [(0,)]
        with pytest.raises(DatabaseError), transaction.atomic():
            ask("SELECT count(*) FROM students_student")


def test_nobody_writes_for_another_child_or_person(marked):
    with opened("family", marked.mother.pk):
        for table, columns, values in (
            ("attendance_explanation", '"student_id", "on", reason, note, sent_by_id, sent_at, state, active',
             [marked.ben.pk, localdate(), "sick", "", marked.mother.pk, now(), "sent", True]),
            ("record_putaway", "person_id, key", [marked.father.pk, "x"]),
        ):  # fmt: skip
            holes = ", ".join(["%s"] * len(values))
            with pytest.raises(DatabaseError), transaction.atomic():
                ask(f"INSERT INTO {table} ({columns}) VALUES ({holes}) RETURNING id", *values)
        assert Person.objects.filter(pk=marked.father.pk).update(language="fa") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Guardianship.objects.update(educational_rights="full")
        with pytest.raises(DatabaseError), transaction.atomic():
            Link.objects.update(verify_by=None)
        with pytest.raises(DatabaseError), transaction.atomic():
            ask("DELETE FROM attendance_mark RETURNING id")


def test_mail_that_waits_is_nobodys_to_read(marked):
    Mail.objects.create(to="a@example.org", language="en", template="x", sealed=b"x")
    Mail.objects.update(made_at=now() - timedelta(hours=1))
    for kind, who in (("family", marked.mother.pk), ("staff", marked.ms_reed.pk), ("door", None)):
        with opened(kind, who):
            assert Mail.objects.count() == 0


# A rule of the gate is gone


@contextmanager
def without(rule: rules.Rule, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The gate takes this rule's yes for granted."""
    real = gate._first
    with monkeypatch.context() as patch:
        patch.setattr(gate, "_first", lambda asked, case: rule if rule in asked else real(asked, case))
        patch.setattr("portal.family.standing.Standing.readable", True)
        yield


def barred(family, rule: str) -> Person:
    """Somebody this rule keeps out, though they are close."""
    if rule in wall.OF_A_POST:
        worker = person("Pat", "Post", "pat@staff.example.org", kind=Person.Kind.STAFF)
        role = Post.Role.AUDITOR if rule == "staff_at_the_school" else Post.Role.TEACHER
        Post.objects.create(person=worker, role=role, place=family.oak, begins_at=now() - timedelta(days=1))
        return worker
    if rule == "guardian_with_full_rights":
        Guardianship.objects.filter(pk=family.mothers_right.pk).update(educational_rights="limited")
        return family.mother
    if rule == "guardian_of_an_enrolled_student":
        Student.objects.filter(pk=family.ana.pk).update(left_on=localdate() - timedelta(days=1))
        return family.mother
    return family.stranger if rule == "linked" else family.father


@pytest.mark.parametrize("rule", [*wall.OF_A_CHILD, *wall.OF_A_POST])
def test_without_a_rule_of_the_gate_the_wall_still_refuses(marked, rule, monkeypatch):
    who = barred(marked, rule)
    with without(getattr(rules, rule), monkeypatch):
        case = rules.Case(localdate())
        assert gate._first((getattr(rules, rule),), case)  # the gate would let anyone in
        with opened(who.kind, who.pk):
            asked = "portal_schools" if rule in wall.OF_A_POST else "portal_children"
            assert ask(f"SELECT {asked}(%s)", [rule]) == [([],)]


def test_a_father_the_gate_lets_in_by_mistake_finds_nothing(marked, admit, monkeypatch):
    from portal.record.contents import section

    with opened("family", marked.father.pk), without(rules.guardian, monkeypatch):
        grant = admit(marked.father, marked.ana, section("attendance"))
        assert list(Mark.rows.under(grant)) == []


def test_staff_the_gate_lets_in_by_mistake_find_nothing(marked, monkeypatch):
    card = next(each for each in registry.directories() if each.key == "card")
    with opened("staff", marked.ms_lee.pk):
        monkeypatch.setattr(gate, "_covered", lambda *_asked: gate.Q())
        assert list(gate.students_for(gate.Actor(marked.ms_lee), card)) == []


# Both walls say the same


def test_every_rule_of_the_gate_has_its_twin():
    ours = {
        each.__name__
        for each in vars(rules).values()
        if callable(each) and getattr(each, "__module__", "") == rules.__name__ and not isinstance(each, type)
    } - {"name", "words"}
    assert ours == wall.OF_A_CHILD.keys() | wall.OF_A_POST.keys()


def test_the_wall_and_the_gate_agree_on_every_standing(family):
    today = localdate()
    day = timedelta(days=1)
    product = list(itertools.product(
        (True, False), ("full", "limited", "none"), ("none", "noRecords", "noContact"),
        (None, today, today + day, today - 9000 * day), (None, today, today - day), (None, today, today - day),
        (14, 18, 19), (True, False), (True, False), ("mother", "selfAdult"), (None, today - day),
    ))  # fmt: skip
    on_file = Guardian.objects.create(**rostered("both"), given_name="Both", family_name="Walls")
    who = person("Both", "Walls", "both@example.org")
    right = guardianship(family.ana, on_file)
    tie = link(who, right)
    own = guardianship(family.ana, Guardian.objects.create(**rostered("self")), relationship="selfAdult")
    for choice in random.Random(3).sample(product, 150):
        active, rights, restriction, begins, ends, verify_by, age, objects, holds, relationship, left_on = (
            choice
        )
        Guardianship.objects.filter(pk=right.pk).update(
            active=active, educational_rights=rights, access_restriction=restriction, begins=begins, ends=ends,
            relationship=relationship,
        )  # fmt: skip
        Guardianship.objects.filter(pk=own.pk).update(active=holds)
        Link.objects.filter(pk=tie.pk).update(verify_by=verify_by)
        born = today.replace(year=today.year - age, day=min(today.day, 28))
        Student.objects.filter(pk=family.ana.pk).update(
            birth_date=born, objects_to_parents=objects, left_on=left_on
        )
        now_ = Link.objects.select_related("guardianship__student").get(pk=tie.pk)
        selves = holds or (active and relationship == "selfAdult")
        case = rules.Case(
            today,
            gate.Child(
                now_.guardianship.student,
                now_.guardianship,
                now_,
                standing(now_.guardianship, now_, selves, today),
            ),
        )
        with opened("family", who.pk):
            for rule in wall.OF_A_CHILD:
                said = ask("SELECT portal_children(%s)", [rule])[0][0]
                assert bool(said) == getattr(rules, rule)(case), (rule, choice)


def test_the_wall_and_the_gate_agree_on_every_post(family):
    worker = person("Pat", "Post", "pat@staff.example.org", kind=Person.Kind.STAFF)
    post = Post.objects.create(
        person=worker, role="teacher", place=family.oak, begins_at=now() - timedelta(days=9)
    )
    for role, place, gives, sensitive, ended in itertools.product(
        Post.Role.values, (family.oak, family.oak.parent, family.lincoln, family.district), (True, False),
        (True, False), (False, True),
    ):  # fmt: skip
        post.role, post.place, post.gives_pins, post.sees_sensitive = role, place, gives, sensitive
        post.ends_at = now() - timedelta(seconds=1) if ended else None
        post.save()
        actor = gate.Actor(worker)
        with opened("staff", worker.pk):
            for rule in wall.OF_A_POST:
                asked = gate.Directory("a test", may_see=(getattr(rules, rule),))
                del gate.DIRECTORIES["a test"]
                expected = set(Org.objects.filter(gate._covered(actor, asked)).values_list("pk", flat=True))
                said = set(ask("SELECT portal_schools(%s)", [rule])[0][0]) - {0}
                assert said == expected, (rule, role, place.name, gives, sensitive, ended)


def test_a_birthday_on_the_last_of_february_counts_from_the_first_of_march(db):
    assert ask(
        "SELECT portal_adult('2008-02-29', '2026-02-28'), portal_adult('2008-02-29', '2026-03-01')"
    ) == [(False, True)]


# Jobs


def test_every_job_says_who_asks():
    """Each function that is a job opens a context, or calls one of its module's that does."""
    silent = []
    for path in sorted(PORTAL.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            marks = [ast.unparse(mark) for mark in function.decorator_list]
            if any(".task(" in mark or "daily(" in mark for mark in marks):
                says = "opened(" in ast.unparse(function)
                if not says and function.name not in KNOWN_TO_OPEN:
                    silent.append(f"{path.relative_to(PORTAL)}: {function.name}")
    assert silent == []


KNOWN_TO_OPEN = {
    "take_released", "take_again", "look_into_the_drop_folder", "pull_the_roster", "forget_old_sets",  # by the import
    "run", "start_daily", "rescue", "clear_queue",  # of the queue itself, which nobody's rows are in
    "rescue_mail", "print_letters",  # by what they call
    "send", "send_waiting", "compare_with_the_school",  # by the outbox, around each batch
}  # fmt: skip
