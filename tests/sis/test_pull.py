"""OneRoster by REST: from our simulator, from a server that is not ours, and from servers that misbehave."""

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.timezone import now

from portal.audit.models import Access
from portal.demo.district import cast, generate
from portal.record.gradebook.models import Result
from portal.sis import pull
from portal.sis.models import Run
from portal.sis.pull import Provider, PullFailed
from portal.students.models import Employee, Enrollment, Job, Org, Student
from simulators.sis.server import Simulator
from simulators.sis.store import Store
from tests import node
from tests.sis import small

pytestmark = pytest.mark.django_db
SERVICE = "/ims/oneroster/rostering/v1p2"


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def written(tmp_path):
    return generate(tmp_path / "district", 0, 1, now().date(), "1.2")


@pytest.fixture
def sis(written) -> Iterator[Simulator]:
    store = Store(None)
    store.load(written.oneroster)
    simulator = Simulator(0, store, "simulator")
    with serving(simulator):
        yield simulator


def of(url: str, client: tuple[str, str] = ("portal", "portal-secret")) -> Provider:
    return Provider(f"{url}{SERVICE}", f"{url}/token", *client, source="rest")


def change(sis: Simulator, collection: str, sourced_id: str, **more) -> None:
    """A resource as the school has it from now on."""
    ((body,),) = sis.store.ask(
        "SELECT body FROM resource WHERE collection = ? AND sourced_id = ?", collection, sourced_id
    )
    at = f"{now():%Y-%m-%dT%H:%M:%S.000Z}"
    sis.store.ask(
        "UPDATE resource SET body = ?, modified = ? WHERE collection = ? AND sourced_id = ?",
        json.dumps(json.loads(body) | {"dateLastModified": at} | more), at, collection, sourced_id,
    )  # fmt: skip


def test_what_comes_by_rest_is_what_comes_by_file(sis, written, monkeypatch):
    monkeypatch.setattr(pull, "PAGE", 7)
    report = pull.pull(of(sis.url))
    assert (report.verdict, report.aside, report.version) == ("applied", [], "1.2")
    by_file = small.take(written.oneroster, "csv")
    assert by_file.verdict == "applied"

    def of_source(model, source: str, *fields: str):
        return sorted(model.objects.filter(source=source, active=True).values_list(*fields), key=str)

    for model, fields in (
        (Org, ("sourced_id", "name", "type", "phone", "address")),
        (Student, ("sourced_id", "student_id", "given_name", "family_name", "birth_date", "grade", "school__sourced_id")),
        (Employee, ("sourced_id", "given_name", "family_name", "email")),
        (Job, ("employee__sourced_id", "role", "org__sourced_id", "begins", "ends")),
        (Enrollment, ("sourced_id", "student__sourced_id", "school_class__sourced_id", "begins", "ends")),
    ):  # fmt: skip
        assert of_source(model, "rest", *fields) == of_source(model, "csv", *fields) != []


def test_the_next_pull_asks_for_what_changed_alone(sis):
    pull.pull(of(sis.url))
    sis.store.ask("UPDATE resource SET modified = '2026-01-01T00:00:00.000Z'")
    change(sis, "users", cast.ANA.id, givenName="Anna")
    report = pull.pull(of(sis.url))
    users = report.files["users.csv"]
    assert (report.verdict, users.mode, users.rows) == ("applied", "delta", 1)
    assert small.changes(report) == {"users.csv": (0, 1, 0)}
    assert Student.objects.get(sourced_id=cast.ANA.id).given_name == "Anna"


def test_a_job_that_is_gone_ends_with_the_change_that_left_it_out(sis):
    pull.pull(of(sis.url))
    job = Job.objects.filter(active=True).select_related("employee").first()
    sis.store.ask("UPDATE resource SET modified = '2026-01-01T00:00:00.000Z'")
    change(sis, "users", job.employee.sourced_id, roles=[])
    assert pull.pull(of(sis.url)).verdict == "applied"
    assert not Job.objects.filter(employee=job.employee, active=True).exists()


def test_a_week_later_everything_is_asked_for_again(sis):
    pull.pull(of(sis.url))
    assert pull._since("rest") is not None
    Run.objects.update(made_at=now() - timedelta(days=8))
    assert pull._since("rest") is None


def test_a_wrong_secret_takes_nothing_in(sis):
    with pytest.raises(PullFailed, match="gave no token"):
        pull.pull(of(sis.url, ("portal", "wrong")))
    run = Run.objects.get()
    assert (run.source, run.bundle, run.verdict, run.reason) == (
        "rest",
        "oneroster",
        "refused",
        "127.0.0.1 gave no token.",
    )
    assert not Org.objects.exists()


def test_a_pull_stands_in_the_record_of_access(sis):
    pull.pull(of(sis.url))
    row = Access.objects.get(action="pulled")
    assert (row.machine, row.role, row.section, row.person, row.student) == (
        "OneRoster",
        "machine",
        "imports",
        None,
        None,
    )


def test_a_token_that_ran_out_is_asked_for_again(sis):
    provider = of(sis.url)
    provider.token = "old"
    assert list(pull._all(provider, provider.rostering, "orgs", None))


# Servers that misbehave

Answer = tuple[int, dict[str, str], object]


@contextmanager
def misbehaving(answer: Callable[[str, dict[str, str]], Answer]) -> Iterator[Provider]:
    """A provider whose collections are answered by a function of the last word of the path and the query."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args) -> None:
            """Says nothing."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send(200, {}, {"access_token": "t", "token_type": "Bearer"})

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send(*answer(parts.path.rpartition("/")[2], query))

        def send(self, status: int, headers: dict[str, str], body: object) -> None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(raw)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        yield of(url)


def orgs(*numbers: int) -> dict[str, list[dict[str, str]]]:
    return {"orgs": [{"sourcedId": f"o{n}", "status": "active", "name": f"School {n}"} for n in numbers]}


def fetched(provider: Provider) -> list[str]:
    return [body["sourcedId"] for body in pull._all(provider, provider.rostering, "orgs", None)]


def test_a_server_that_gives_fewer_rows_than_asked_for_is_read_to_its_end():
    def answer(_what: str, query: dict[str, str]) -> Answer:
        at = int(query["offset"])
        return 200, {"X-Total-Count": "5"}, orgs(*range(at, min(at + 2, 5)))

    with misbehaving(answer) as provider:
        assert fetched(provider) == ["o0", "o1", "o2", "o3", "o4"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {"Link": '<http://127.0.0.2/more>; rel="next"'}, orgs(1)), "another host"),
        ((200, {"Link": '<?limit=1000&offset=0&sort=sourcedId&orderBy=asc>; rel="next"'}, orgs(1)), "in circles"),
        ((200, {"X-Total-Count": "9"}, orgs()), "should have 9 rows, and 0 came"),
        ((200, {}, b"<html>"), "no JSON"),
        ((200, {}, {"users": []}), "no list of orgs"),
        ((200, {}, {"orgs": ["o1"]}), "no list of orgs"),
        ((302, {"Location": "http://127.0.0.2/"}, b""), "answered 302"),
        ((404, {}, {}), "answered 404"),
        ((503, {}, {}), "answered 503"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_right_ends_the_pull(answer, words, monkeypatch):
    monkeypatch.setattr(pull, "PAUSE", 0)
    with misbehaving(lambda _what, _query: answer) as provider, pytest.raises(PullFailed, match=words):
        fetched(provider)


def test_a_busy_server_is_asked_again(monkeypatch):
    monkeypatch.setattr(pull, "PAUSE", 0)
    answers = [(429, {}, {}), (503, {}, {}), (200, {}, orgs(1))]
    with misbehaving(lambda _what, _query: answers.pop(0)) as provider:
        assert fetched(provider) == ["o1"]


def test_a_server_that_never_ends_its_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(pull, "ANSWER", 0.3)
    monkeypatch.setattr(pull, "TRIES", 1)

    def answer(_what: str, _query: dict[str, str]) -> Answer:
        time.sleep(0.6)
        return 200, {}, orgs(1)

    with misbehaving(answer) as provider, pytest.raises(PullFailed, match="nothing in time"):
        fetched(provider)


def test_a_pull_that_breaks_off_takes_nothing_in(monkeypatch):
    monkeypatch.setattr(pull, "PAUSE", 0)

    def answer(what: str, _query: dict[str, str]) -> Answer:
        return (200, {}, {what: []}) if what != "users" else (500, {}, {})

    with misbehaving(answer) as provider, pytest.raises(PullFailed, match="answered 500"):
        pull.pull(provider)
    run = Run.objects.get()
    assert (run.verdict, run.reason, run.ended_at is None) == (
        "refused",
        "127.0.0.1 answered 500 to /ims/oneroster/rostering/v1p2/users.",
        False,
    )
    assert not Org.objects.exists()
    assert pull._since("rest") is None  # everything is asked for the next time


def test_a_provider_without_a_gradebook_still_gives_its_roster(tmp_path):
    def answer(what: str, _query: dict[str, str]) -> Answer:
        return (404, {}, {}) if what in pull.GRADEBOOK else (200, {}, {what: []})

    with misbehaving(answer) as provider:
        pull.write(provider, tmp_path / "b", since=None, at=now())
    assert "file.results,absent" in (tmp_path / "b" / "manifest.csv").read_text()
    assert not (tmp_path / "b" / "results.csv").exists()


# A server that is not ours

MOCK = Path(__file__).parent / "mock"


@pytest.fixture(scope="session")
def mock() -> Iterator[str]:
    """Prism, playing a provider as oneroster.yaml describes it: it refuses questions that do not fit."""
    try:
        node.install(MOCK)
    except (OSError, subprocess.CalledProcessError) as why:
        pytest.skip(f"no OneRoster server from npm: {why}")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    prism = MOCK / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    command = [
        *node.node(),
        str(prism),
        "mock",
        "--port",
        str(port),
        "--errors",
        str(MOCK / "oneroster.yaml"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _try in range(240):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "Prism did not start"
            time.sleep(0.25)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def test_a_server_that_is_not_ours_is_pulled_from_and_asked_for_changes_the_next_time(mock):
    first = pull.pull(of(mock))
    assert (first.verdict, first.reason, first.aside) == ("applied", "", [])
    assert {name: (about.mode, about.rows) for name, about in first.files.items()} == {
        "orgs.csv": ("bulk", 2), "academicSessions.csv": ("bulk", 2), "courses.csv": ("bulk", 1), "classes.csv": ("bulk", 1),
        "users.csv": ("bulk", 3), "roles.csv": ("bulk", 4), "demographics.csv": ("bulk", 1), "enrollments.csv": ("bulk", 2),
        "categories.csv": ("bulk", 1), "lineItems.csv": ("bulk", 1), "results.csv": ("bulk", 1),
    }  # fmt: skip
    nora = Student.objects.select_related("school").get()
    assert (nora.name, nora.student_id, nora.grade, nora.birth_date, nora.school.name) == (
        "Nora Ámon",
        "300001X001",
        "09",
        date(2012, 2, 29),
        "Elm School",
    )
    assert sorted(Job.objects.values_list("employee__email", "role", "org__sourced_id")) == [
        ("otto@schools.example.org", "principal", "elm"),
        ("otto@schools.example.org", "teacher", "elm"),
    ]
    assert list(Result.rows.for_import().values_list("student__sourced_id", "score")) == [
        ("nora", Decimal("8.5"))
    ]

    second = pull.pull(of(mock))
    assert (second.verdict, small.changes(second)) == ("applied", {})
    assert {about.mode for about in second.files.values()} == {"delta"}


@pytest.mark.parametrize(
    ("question", "authorization", "status"),
    [
        ("limit=10&offset=0", "Bearer x", 200),
        ("limit=10&offset=0", "", 401),
        ("limit=ten&offset=0", "Bearer x", 422),
        ("limit=10&offset=0&filter=dateLastModified%3E2026", "Bearer x", 422),
    ],
)
def test_that_server_refuses_what_the_standard_does_not_allow(mock, question, authorization, status):
    headers = {"Authorization": authorization} if authorization else {}
    found, _headers, _body = pull._ask("GET", f"{mock}{SERVICE}/orgs?{question}", headers)
    assert found == status
