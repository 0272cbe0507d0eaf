"""T12: an administrator sees how every feed is, and which rows did not go in; nobody else does."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.timezone import now
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.access.models import Post
from portal.audit.models import Access
from portal.people.models import Person
from portal.sis import keeping, releasing, sentences, showing
from portal.sis.models import Ignored, Quarantined, Run
from portal.staff import imports
from portal.staff.imports import Feed, State
from tests.cast import person
from tests.sis import small
from tests.sis.test_guards import school_of


@pytest.fixture
def administrator(family):
    Post.objects.filter(person=family.ms_lee).update(
        role=Post.Role.DISTRICT_ADMINISTRATOR, place=family.district
    )
    return family.ms_lee


def ran(verdict, hours=1, *files, reason="", source="sis"):
    """A run that ended so many hours ago; files: (name, rows, added, changed, ended, put aside)."""
    names = ("file", *imports.NUMBERS)
    run = Run.objects.create(
        source=source, bundle="oneroster", name="night.zip", verdict=verdict, reason=reason,
        ended_at=now() - timedelta(hours=hours), files=[dict(zip(names, each, strict=True)) for each in files],
    )  # fmt: skip
    return run


def told():
    return [
        (feed.file, feed.state, feed.good_at, feed.numbers)
        for feed in imports.feeds(Run.objects.order_by("-pk"))
    ]


def test_a_feed_shows_its_newest_numbers_and_its_last_good_run(db):
    ran("applied", 9, ("users.csv", 10, 10, 0, 0, 0))
    last = ran("applied", 1, ("users.csv", 12, 2, 1, 0, 3))
    assert imports.feeds(Run.objects.order_by("-pk")) == [
        Feed("sis", "users.csv", State.GOOD, last.ended_at, (12, 2, 1, 0, 3), last.pk)
    ]


def test_a_held_set_leaves_parents_with_the_run_before(db):
    good = ran("applied", 5, ("users.csv", 12, 2, 1, 0, 3))
    ran("held", 1, ("users.csv", 2, 0, 0, 10, 0))
    assert told() == [("users.csv", State.HELD, good.ended_at, (2, 0, 0, 10, 0))]


def test_a_refused_set_without_files_fails_all_it_should_have_brought(db):
    good = ran("applied", 5, ("users.csv", 12, 2, 1, 0, 3))
    ran("refused", 1)
    assert told() == [("users.csv", State.FAILED, good.ended_at, (12, 2, 1, 0, 3))]


def test_an_old_good_run_is_late_and_another_source_is_not(db, settings):
    hours = settings.DISTRICT.late_feed_hours
    ran("applied", hours + 1, ("users.csv", 12, 2, 1, 0, 3))
    ran("applied", 1, ("users.csv", 3, 0, 0, 0, 0), source="charter")
    states = [(feed.source, feed.state) for feed in imports.feeds(Run.objects.order_by("-pk"))]
    assert states == [("charter", State.GOOD), ("sis", State.LATE)]


def test_an_administrator_reads_why_a_set_waits_and_which_rows_did_not_go_in(administrator, visit):
    held = ran("held", 1, ("users.csv", 2, 0, 0, 10, 1), reason="users.csv would end 10 of 12 rows.")
    Quarantined.objects.create(
        run=held, file="users.csv", line=7, column="birthDate", reason="in_the_future", sourced_id="G-102"
    )
    client = visit(administrator)
    listed = client.get("/staff/imports/").content.decode()
    assert ("Held" in listed, "users.csv would end 10 of 12 rows." in listed) == (True, True)
    page = client.get(f"/staff/imports/{held.pk}/").content.decode()
    assert all(
        said in page
        for said in (
            "Nothing of this set was let in",
            "1 row did not go in.",
            "The day lies in the future.",
            "G-102",
        )
    )
    sheet = client.get(f"/staff/imports/{held.pk}/put-aside.csv").content.decode("utf-8-sig")
    assert sheet == (
        "File,Row,Column,ID,What is wrong\r\nusers.csv,7,birthDate,G-102,The day lies in the future.\r\n"
    )


def test_why_a_set_waits_is_said_in_the_language_of_whoever_reads_it(administrator, visit, tmp_path):
    small.take_roster(tmp_path, school_of(60))
    tables = school_of(60)
    tables["users"] = tables["users"][:-14]
    assert "users.csv would end 7 of 62 rows." in small.take_roster(tmp_path, tables).reason
    Person.objects.filter(pk=administrator.pk).update(language="es")
    client = visit(administrator)
    page = client.get(f"/staff/imports/{Run.objects.latest('pk').pk}/").content.decode()
    for words in (page, client.get("/staff/imports/").content.decode()):
        assert "users.csv terminaría 7 de 62 filas." in words
    assert "Todas las filas entraron." not in page


def test_a_sentence_of_an_import_is_said_again_with_its_numbers_and_what_stands_in_it():
    named = sentences.gettext("%(file)s has no header row.") % {"file": "users.csv"}
    many = sentences.ngettext("%(count)s more waits.", "%(count)s more wait.", 2000) % {"count": 2000}
    nested = sentences.gettext("%(host)s answered %(what)s to %(path)s.") % {
        "host": "sis", "what": sentences.gettext("nothing in time"), "path": "/users"
    }  # fmt: skip
    stored = json.loads(json.dumps(sentences.kept([named, many, nested, "as it was"])))
    with translation.override("es"):
        assert [sentences.again(each, str) for each in stored] == [
            "users.csv no tiene fila de encabezados.",
            "2000 más están en espera.",
            "sis respondió a /users: nada a tiempo.",
            "as it was",
        ]


def test_a_portal_without_imports_says_so(administrator, visit):
    assert "No import has run yet." in visit(administrator).get("/staff/imports/").content.decode()


@pytest.mark.parametrize("who", ["ms_reed", "mother", "stranger"])
def test_nobody_else_finds_the_imports(family, visit, who):
    held = ran("held", 1, ("users.csv", 2, 0, 0, 10, 0))
    client = visit(getattr(family, who))
    for address in ("", f"{held.pk}/", f"{held.pk}/put-aside.csv"):
        assert client.get(f"/staff/imports/{address}").status_code == (404 if who == "ms_reed" else 302)


def test_an_unknown_run_is_not_there(administrator, visit):
    assert visit(administrator).get("/staff/imports/99999/").status_code == 404


def test_the_page_asks_as_much_for_one_run_as_for_many(administrator, visit):
    client = visit(administrator)
    asked = []
    for n in range(2):
        ran("applied", n + 1, ("users.csv", 12, 2, 1, 0, 3), ("roles.csv", 1, 0, 0, 0, 0))
        with CaptureQueriesContext(connection) as queries:
            client.get("/staff/imports/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_two_people_let_a_held_set_in_and_their_reasons_are_kept(administrator, visit, family, monkeypatch):
    second = person("Ada", "Hill", "ada.hill@staff.example.org", kind=Person.Kind.STAFF)
    Post.objects.create(
        person=second, role=Post.Role.DISTRICT_ADMINISTRATOR, place=family.district, begins_at=now()
    )
    held = ran("held", 1, ("users.csv", 2, 0, 0, 10, 0))
    Run.objects.filter(pk=held.pk).update(kept=True)
    monkeypatch.setattr(keeping, "path_of", lambda run: Path(__file__))
    address = f"/staff/imports/{held.pk}/"
    said = {"act": "release", "reason": "The school closed."}
    assert visit(administrator).post(address, said).status_code == 302
    assert "A second person must agree." in visit(second).get(address).content.decode()
    again = visit(administrator).post(address, said)
    assert (again.status_code, "You have released it already." in again.content.decode()) == (422, True)
    assert visit(second).post(address, said).status_code == 302
    held.refresh_from_db()
    assert (held.asked_by, held.released_by) == (administrator, second)
    told = Access.objects.filter(section="imports").exclude(action="see")
    assert sorted(told.values_list("person", "action", "purpose_words")) == [
        (administrator.pk, "release_asked", "The school closed."),
        (second.pk, "released", "The school closed."),
    ]


def test_one_person_sends_a_held_set_away_with_a_reason(administrator, visit):
    held = ran("held", 1, ("users.csv", 2, 0, 0, 10, 0))
    client = visit(administrator)
    assert client.post(f"/staff/imports/{held.pk}/", {"act": "reject", "reason": ""}).status_code == 422
    assert (
        client.post(f"/staff/imports/{held.pk}/", {"act": "reject", "reason": "Cut off."}).status_code == 302
    )
    held.refresh_from_db()
    assert held.rejected_by == administrator
    assert "Rejected by" in client.get(f"/staff/imports/{held.pk}/").content.decode()


def test_an_old_sign_on_decides_nothing(administrator, visit, idle):
    held = ran("held", 1, ("users.csv", 2, 0, 0, 10, 0))
    client = visit(administrator)
    idle(6)
    assert client.post(f"/staff/imports/{held.pk}/", {"act": "reject", "reason": "x"}).status_code == 302
    held.refresh_from_db()
    assert held.rejected_at is None


def aside(family, monkeypatch, kept=True):
    """A run that went in with one row put aside, its set on the disk."""
    run = ran("applied", 1, ("users.csv", 2, 1, 0, 0, 1))
    Run.objects.filter(pk=run.pk).update(kept=kept)
    Quarantined.objects.create(run=run, file="users.csv", line=7, reason="in_the_future", sourced_id="G-102")
    monkeypatch.setattr(keeping, "path_of", lambda run: Path(__file__))
    return f"/staff/imports/{run.pk}/"


def test_rows_put_aside_are_tried_again_once_by_a_job(administrator, family, visit, monkeypatch):
    address, client = aside(family, monkeypatch), visit(administrator)
    assert "Retry" in client.get(address).content.decode()
    done = client.post(address, {"act": "retry"}, follow=True)
    assert "The rows are tried again now." in done.content.decode()
    again = client.post(address, {"act": "retry"})
    assert (again.status_code, "being tried again already" in again.content.decode()) == (422, True)
    waiting = ProcrastinateJob.objects.filter(task_name=releasing.AGAIN)
    assert [job.args for job in waiting] == [{"run": int(address.split("/")[3])}]
    assert Access.objects.filter(section="imports", action="retried", person=administrator).count() == 1


def test_an_older_set_or_one_that_was_not_kept_is_not_tried_again(administrator, family, visit, monkeypatch):
    client = visit(administrator)
    lost = aside(family, monkeypatch, kept=False)
    assert "Retry" not in client.get(lost).content.decode()
    assert "The set was not kept." in client.post(lost, {"act": "retry"}).content.decode()
    older = aside(family, monkeypatch)
    ran("applied", 0, ("users.csv", 2, 0, 0, 0, 0))
    assert "Only the last set that went in" in client.post(older, {"act": "retry"}).content.decode()
    assert not ProcrastinateJob.objects.filter(task_name=releasing.AGAIN).exists()


@pytest.mark.parametrize("who", ["ms_reed", "mother"])
def test_nobody_else_tries_rows_again(family, visit, monkeypatch, who):
    address = aside(family, monkeypatch)
    answer = visit(getattr(family, who)).post(address, {"act": "retry"})
    assert answer.status_code == (404 if who == "ms_reed" else 302)
    assert not ProcrastinateJob.objects.filter(task_name=releasing.AGAIN).exists()


# Rows that are known


def bad_row(tmp_path, born: str = "2999-01-01"):
    """The run of a roster whose demographics say that Ana is not born yet; and the row put aside."""
    tables = small.roster() | {"demographics": [small.row("ana", birthDate=born)]}
    small.take_roster(tmp_path, tables)
    found = Run.objects.latest("pk")
    return found, Quarantined.objects.filter(run=found).first()


def asks(client, run) -> tuple[bool, bool]:
    """Whether the page of the run asks to look at the row, and whether it says that it is known."""
    page = client.get(f"/staff/imports/{run.pk}/").content.decode()
    return "1 row did not go in. " in page, "1 row did not go in and is known." in page


def test_a_row_is_ignored_until_it_changes(administrator, visit, tmp_path):
    run, row = bad_row(tmp_path)
    client = visit(administrator)
    assert asks(client, run) == (True, False)
    client.post(f"/staff/imports/{run.pk}/", {"act": "ignore", "row": row.pk})
    assert asks(client, run) == (False, True)
    again, _row = bad_row(tmp_path)  # the same row the next night
    assert asks(client, again) == (False, True)
    with_its_feed = [feed.numbers[-1] for feed in imports.feeds([again], imports.ignored([again]))]
    assert (sum(with_its_feed), again.files != []) == (0, True)
    changed, _row = bad_row(tmp_path, "2998-01-01")
    assert asks(client, changed) == (True, False)
    assert list(
        Access.objects.filter(person=administrator, action="ignored").values_list("purpose_words", flat=True)
    ) == [f"demographics.csv:{row.line}"]


def test_a_known_row_is_looked_at_again_when_somebody_says_so(administrator, visit, tmp_path):
    run, row = bad_row(tmp_path)
    client = visit(administrator)
    for act, asked in (("ignore", False), ("ignore", False), ("heed", True)):
        client.post(f"/staff/imports/{run.pk}/", {"act": act, "row": row.pk})
        assert asks(client, run)[0] is asked
    assert not Ignored.objects.exists()


def test_only_rows_of_this_run_that_can_be_told_are_ignored_and_only_by_who_may(
    administrator, visit, family, tmp_path
):
    run, row = bad_row(tmp_path)
    other = ran("applied", 0, ("users.csv", 2, 1, 0, 0, 1))
    Quarantined.objects.create(run=other, file="users.csv", line=7, reason="in_the_future", sourced_id="G-1")
    untold = Quarantined.objects.get(run=other)
    client = visit(administrator)
    for number, ticked in ((other.pk, row.pk), (other.pk, untold.pk), (run.pk, "x"), (run.pk, 10**18)):
        assert client.post(f"/staff/imports/{number}/", {"act": "ignore", "row": ticked}).status_code == 302
    assert (
        visit(family.ms_reed).post(f"/staff/imports/{run.pk}/", {"act": "ignore", "row": row.pk}).status_code
        == 404
    )
    assert not Ignored.objects.exists()


def test_nothing_of_a_row_put_aside_is_kept_but_a_keyed_mark(db, tmp_path):
    _run, row = bad_row(tmp_path)
    assert (len(row.mark), "2999" in row.mark) == (64, False)


# A run that goes on


def test_a_run_that_goes_on_says_how_far_it_is_without_script(administrator, visit):
    run = ran("running", 0)
    Run.objects.filter(pk=run.pk).update(ended_at=None)
    said = {}
    client = visit(administrator)
    for progress in ({}, {"file": "users.csv", "percent": 42}, {"file": "roles.csv", "place": 3, "of": 20}):
        Run.objects.filter(pk=run.pk).update(progress=progress)
        page = client.get(f"/staff/imports/{run.pk}/").content.decode()
        said[len(progress)] = [
            words
            for words in ('http-equiv="refresh"', "has just begun", "42% of the set is read", "File 3 of 20")
            if words in page
        ]
    assert said == {
        0: ['http-equiv="refresh"', "has just begun"],
        2: ['http-equiv="refresh"', "42% of the set is read"],
        3: ['http-equiv="refresh"', "File 3 of 20"],
    }
    done = ran("applied", 0)
    assert 'http-equiv="refresh"' not in client.get(f"/staff/imports/{done.pk}/").content.decode()


def test_a_set_that_two_people_released_says_how_far_it_is_and_what_became_of_it(administrator, visit):
    held = ran("held", 1)
    client = visit(administrator)

    def page():
        text = client.get(f"/staff/imports/{held.pk}/").content.decode()
        words = ('http-equiv="refresh"', "as soon as the import before it", "42% of the set is read", "The set went in", "did not go in:")  # fmt: skip
        return [each for each in words if each in text]

    assert page() == []
    Run.objects.filter(pk=held.pk).update(
        asked_by=administrator, asked_at=now(), released_by=administrator, released_at=now()
    )
    assert page() == ['http-equiv="refresh"', "as soon as the import before it"]
    taking = ran("running", 0)
    Run.objects.filter(pk=taking.pk).update(
        ended_at=None, again=held, progress={"file": "users.csv", "percent": 42}
    )
    assert page() == ['http-equiv="refresh"', "42% of the set is read"]
    Run.objects.filter(pk=taking.pk).update(verdict="applied", progress={})
    assert page() == ["The set went in"]
    Run.objects.filter(pk=taking.pk).update(verdict="refused")
    assert page() == ["did not go in:"]


def test_an_import_tells_the_monitor_what_it_reads_and_what_it_compares(db, tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "EVERY", 0.0)
    told = []
    tell = showing.Showing._tell

    def noted(self, said):
        tell(self, said)
        told.append(Run.objects.get(pk=self.run).progress)

    monkeypatch.setattr(showing.Showing, "_tell", noted)
    small.take_roster(tmp_path)
    shares = [said["percent"] for said in told if "percent" in said]
    assert (shares == sorted(shares), shares[-1] <= 100, shares[-1] > 50) == (True, True, True)
    compared = [said for said in told if "of" in said]
    assert (compared != [], all(said["place"] <= said["of"] for said in compared)) == (True, True)
    assert Run.objects.latest("pk").progress == {}
