"""Fetches a roster from a OneRoster 1.2 REST provider and writes it as an ordinary bundle folder for the import.

Source: OneRoster 1.2, Rostering and Gradebook Service Models, REST binding. OAuth 2.0 client credentials; pages by limit
and offset, or where the Link header points; changes by a filter on dateLastModified. Speaks to the configured hosts
alone, follows no redirect, and no address it finds in an answer but the next page of the same host.
"""

import base64
import csv
import http.client
import json
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from django.conf import settings
from django.db.models import Max
from django.utils.timezone import now

from portal.access import context
from portal.audit import log
from portal.sis import sentences
from portal.sis.models import Run
from portal.sis.report import Report
from portal.sis.sentences import gettext as _
from portal.sis.showing import Progress
from portal.sis.taking import take_in
from portal.students.models import Job

CONNECT, ANSWER = 3, 10  # seconds, the second for a whole answer
LARGEST_PAGE = 64 * 2**20  # bytes
PAGE = 1000  # rows asked for at a time
MOST_PAGES = 50_000  # of one collection; more is a server that goes round in circles
TRIES, PAUSE = 3, 1.0  # of one page; seconds before the next, doubled each time
OVERLAP = timedelta(minutes=10)  # clocks differ, and rows are written while we read
FULL_EVERY = timedelta(days=7)  # rows that simply vanish are only noticed by a complete pull
SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
SCOPES = "roster-core.readonly roster.readonly roster-demographics.readonly gradebook.readonly"
HEAD = ("sourcedId", "status", "dateLastModified")

# Columns of each file, and the property of the answer each comes from where it has another name. What we have no use for
# is not asked of the answer: passwords and places of birth above all.
ROSTERING: dict[str, dict[str, str]] = {
    "orgs": {"name": "", "type": "", "identifier": "", "parentSourcedId": "parent", "metadata.phone": "",
             "metadata.address1": "", "metadata.city": "", "metadata.postCode": ""},
    "academicSessions": {"title": "", "type": "", "startDate": "", "endDate": "", "parentSourcedId": "parent",
                         "schoolYear": ""},
    "courses": {"schoolYearSourcedId": "schoolYear", "title": "", "courseCode": "", "grades": "", "orgSourcedId": "org",
                "subjects": "", "subjectCodes": ""},
    "classes": {"title": "", "grades": "", "courseSourcedId": "course", "classCode": "", "classType": "", "location": "",
                "schoolSourcedId": "school", "termSourcedIds": "terms", "subjects": "", "subjectCodes": "", "periods": ""},
    "users": {"enabledUser": "", "username": "", "givenName": "", "familyName": "", "middleName": "", "identifier": "",
              "email": "", "sms": "", "phone": "", "agentSourcedIds": "agents", "grades": "",
              "primaryOrgSourcedId": "primaryOrg"},
    "demographics": {"birthDate": ""},
    "enrollments": {"classSourcedId": "class", "schoolSourcedId": "school", "userSourcedId": "user", "role": "",
                    "primary": "", "beginDate": "", "endDate": ""},
}  # fmt: skip
GRADEBOOK: dict[str, dict[str, str]] = {
    "categories": {"title": "", "weight": ""},
    "lineItems": {"title": "", "description": "", "assignDate": "", "dueDate": "", "classSourcedId": "class",
                  "categorySourcedId": "category", "academicSessionSourcedId": "academicSession", "resultValueMin": "",
                  "resultValueMax": "", "schoolSourcedId": "school"},
    "results": {"lineItemSourcedId": "lineItem", "studentSourcedId": "student", "scoreStatus": "", "score": "",
                "scoreDate": "", "comment": "", "textScore": "", "classSourcedId": "class", "inProgress": "",
                "incomplete": "", "late": "", "missing": ""},
}  # fmt: skip
ROLES = ("userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId")

Body = Mapping[str, Any]


class PullFailed(Exception):
    """The provider could not be read to the end; the message says what it did. Nothing was taken in."""


@dataclass
class Provider:
    """rostering: address of the service, https://…/ims/oneroster/rostering/v1p2. Its gradebook is beside it, if any."""

    rostering: str
    token_url: str
    client: str
    secret: str
    source: str
    token: str = field(default="", repr=False)

    @property
    def gradebook(self) -> str:
        """Empty where the address does not follow the standard."""
        found = self.rostering.replace("/rostering/", "/gradebook/")
        return found if found != self.rostering else ""


def provider() -> Provider | None:
    """The one of the settings; None when the district has none."""
    if not settings.ONEROSTER_URL:
        return None
    return Provider(
        settings.ONEROSTER_URL.rstrip("/"),
        settings.ONEROSTER_TOKEN_URL,
        settings.ONEROSTER_CLIENT,
        settings.ONEROSTER_SECRET,
        settings.ONEROSTER_SOURCE,
    )


def pull(of: Provider, *, full: bool = False, progress: Progress = lambda *_: None) -> Report:
    """Fetches what changed since the last set of this source went in, or everything, and takes it in.

    Everything is asked for when nothing went in yet, a week after the last complete set, and when `full`.
    Raises PullFailed; a run that was refused says why.
    """
    since = None if full else _since(of.source)
    began = now()
    with context.opened("worker", purpose="pull"):
        log.ran("OneRoster", "imports", "pulled", "pull")
    with TemporaryDirectory(prefix="pull.") as folder:
        bundle = Path(folder) / f"rest-{began:%Y%m%dT%H%M%SZ}"
        try:
            write(of, bundle, since=since, at=began)
        except PullFailed as why:
            with context.opened("importer", purpose="pull"):
                Run.objects.create(
                    source=of.source, bundle="oneroster", version="1.2", name=bundle.name, made_at=began,
                    ended_at=now(), verdict=Run.Verdict.REFUSED, reason=str(why), because=sentences.kept(why.args),
                )  # fmt: skip
            raise
        return take_in(bundle, of.source, dry_run=False, progress=progress)


def _since(source: str) -> datetime | None:
    with context.opened("importer", purpose="pull"):
        runs = Run.objects.filter(source=source, bundle="oneroster", verdict=Run.Verdict.APPLIED)
        whole = runs.filter(files__contains=[{"file": "users.csv", "mode": "bulk"}])
        last = runs.aggregate(at=Max("made_at"))["at"]
        complete = whole.aggregate(at=Max("made_at"))["at"]
    if complete is None or now() - complete > FULL_EVERY:
        return None
    return last - OVERLAP


def write(of: Provider, folder: Path, *, since: datetime | None, at: datetime) -> None:
    """Writes the provider's collections as a OneRoster 1.2 CSV bundle. since: only rows changed after it."""
    folder.mkdir(parents=True)
    _sign_in(of)
    mode = "delta" if since else "bulk"
    modes: dict[str, str] = {}
    for collection, columns in ROSTERING.items():
        with ExitStack() as stack:
            out = stack.enter_context(_table(folder, collection, columns))
            roles = stack.enter_context(_table(folder, "roles", ROLES)) if collection == "users" else None
            for body in _all(of, of.rostering, collection, since):
                if (row := _row(body, columns, mode)) is not None:
                    out.writerow(row)
                    if roles:
                        roles.writerows(_roles(of.source, body, row))
        modes[collection] = mode
    modes["roles"] = mode
    for collection, columns in GRADEBOOK.items() if of.gradebook else ():
        with _table(folder, collection, columns) as out:
            try:
                out.writerows(
                    row
                    for body in _all(of, of.gradebook, collection, since)
                    if (row := _row(body, columns, mode)) is not None
                )
            except _NotThere:  # a provider need not have a gradebook, nor give it to us
                modes[collection] = "absent"
                continue
        modes[collection] = mode
    for collection, found in modes.items():
        if found == "absent":
            (folder / f"{collection}.csv").unlink()
    lines = {"manifest.version": "1.0", "oneroster.version": "1.2", "source.asOf": at.isoformat()}
    lines |= {f"file.{collection}": found for collection, found in modes.items()}
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("propertyName", "value"), *lines.items()])


@contextmanager
def _table(folder: Path, name: str, columns: Iterable[str]) -> Iterator[Any]:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*HEAD, *columns])
        yield writer


def _row(body: Body, columns: Mapping[str, str], mode: str) -> list[str] | None:
    """The cells of one resource; None for one that is gone, in a complete file."""
    status = _cell(body.get("status"))
    if mode == "bulk":
        if status.lower() in ("tobedeleted", "inactive"):
            return None
        head = [_cell(body.get("sourcedId")), "", ""]
    else:
        head = [_cell(body.get("sourcedId")), status, _cell(body.get("dateLastModified"))]
    return head + [_cell(_value(body, prop or column)) for column, prop in columns.items()]


def _value(body: Body, name: str) -> Any:
    if name.startswith("metadata."):
        return (body.get("metadata") or {}).get(name.removeprefix("metadata."))
    if name == "academicSession" and name not in body:
        return body.get("gradingPeriod")
    return body.get(name)


def _cell(value: Any) -> str:
    """JSON as a cell of the CSV binding: a reference by its id, a list with commas between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return _cell(value.get("sourcedId"))
    if isinstance(value, list):
        return ",".join(filter(None, map(_cell, value)))
    return str(value)


def _roles(source: str, body: Body, user: list[str]) -> Iterator[list[str]]:
    """Rows of roles.csv; the standard gives a role no id in JSON, so it is made of what it says.

    In a set of changes a role that is no longer there must be named to end.
    """
    who, *head = user[:3]
    told = set()
    for role in body.get("roles") or ():
        org, name = _cell(role.get("org")), _cell(role.get("role"))
        sourced_id = f"{who}:{name}:{org}"
        if sourced_id not in told:
            told.add(sourced_id)
            dates = [_cell(role.get("beginDate")), _cell(role.get("endDate"))]
            yield [sourced_id, *head, who, _cell(role.get("roleType")), name, *dates, org]
    if head[0]:  # a set of changes
        with context.opened("importer", purpose="pull"):
            had = Job.objects.filter(source=source, employee__sourced_id=who, active=True)
            for sourced_id, name, org in had.values_list("sourced_id", "role", "org__sourced_id"):
                if sourced_id not in told:
                    yield [sourced_id, "tobedeleted", head[1], who, "secondary", name, "", "", org]


# HTTP


class _NotThere(Exception):
    pass


def _all(of: Provider, service: str, collection: str, since: datetime | None) -> Iterator[Body]:
    """Every resource of a collection, page by page."""
    query = {"limit": str(PAGE), "offset": "0", "sort": "sourcedId", "orderBy": "asc"}
    if since:
        query["filter"] = f"dateLastModified>'{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}'"
    address, seen, total = f"{service}/{collection}?{urlencode(query)}", 0, 0
    visited: set[str] = set()
    for _page in range(MOST_PAGES):
        visited.add(address)
        headers, answer = _page_at(of, address, service == of.gradebook)
        rows = answer.get(collection)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PullFailed(_("The answer has no list of %(collection)s.") % {"collection": collection})
        yield from rows
        seen += len(rows)
        said = headers.get("x-total-count", "")
        total = int(said) if said.isascii() and said.isdigit() else total
        following = _next(headers.get("link", ""), address)
        if not following and rows and (len(rows) == PAGE or seen < total):
            following = f"{service}/{collection}?{urlencode(query | {'offset': str(seen)})}"
        if not following:
            break
        if following in visited:
            raise PullFailed(
                _("The pages of %(collection)s go round in circles.") % {"collection": collection}
            )
        address = following
    else:
        raise PullFailed(_("The pages of %(collection)s have no end.") % {"collection": collection})
    if seen < total:
        raise PullFailed(
            _("%(collection)s should have %(total)s rows, and %(seen)s came.")
            % {"collection": collection, "total": total, "seen": seen}
        )


def _next(link: str, here: str) -> str:
    """The address of the next page, as the Link header says; it must be of the same host."""
    for part in link.split(","):
        target, *parameters = (piece.strip() for piece in part.split(";"))
        if any(parameter.replace('"', "").lower() == "rel=next" for parameter in parameters):
            found = urljoin(here, target.strip("<>"))
            if urlsplit(found)[:2] != urlsplit(here)[:2]:
                raise PullFailed(_("The next page is said to be on another host. It was not asked."))
            return found
    return ""


def _page_at(of: Provider, address: str, optional: bool) -> tuple[dict[str, str], Body]:
    """Headers, in lower case, and JSON of one page. Tries again when the server is busy; signs in again once."""
    signed_in = False
    for attempt in range(1, TRIES + 1):
        try:
            status, headers, raw = _ask("GET", address, {"Authorization": f"Bearer {of.token}"})
        except (OSError, http.client.HTTPException) as error:
            status, headers, raw = 0, {}, type(error).__name__.encode()
        if status == 200:
            try:
                answer = json.loads(raw)
            except ValueError as error:
                raise PullFailed(_("The answer is no JSON.")) from error
            if not isinstance(answer, dict):
                raise PullFailed(_("The answer is no JSON object."))
            return headers, answer
        if status == 401 and not signed_in:
            _sign_in(of)
            signed_in = True
        elif status in (403, 404) and optional:
            raise _NotThere
        elif status and status != 429 and status < 500:
            break
        elif attempt < TRIES:
            time.sleep(PAUSE * 2 ** (attempt - 1))
    raise PullFailed(
        _("%(host)s answered %(what)s to %(path)s.")
        % {
            "host": urlsplit(address).hostname,
            "what": status or _("nothing in time"),
            "path": urlsplit(address).path,
        }
    )


def _sign_in(of: Provider) -> None:
    """Gets a token. The client stands in the Authorization header, as RFC 6749 prefers."""
    client = base64.b64encode(f"{quote(of.client, '')}:{quote(of.secret, '')}".encode()).decode()
    scope = " ".join(SCOPE + name for name in SCOPES.split())
    form = urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
    headers = {"Authorization": f"Basic {client}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        status, _headers, raw = _ask("POST", of.token_url, headers, form)
        token = json.loads(raw)["access_token"] if status == 200 else ""
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        status, token = 0, ""
    if not token or not isinstance(token, str):
        raise PullFailed(_("%(host)s gave no token.") % {"host": urlsplit(of.token_url).hostname})
    of.token = token


def _ask(
    method: str, address: str, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own: 3 seconds to connect, 10 for everything."""
    parts = urlsplit(address)
    until = time.monotonic() + ANSWER
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.netloc, timeout=CONNECT, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=CONNECT)
    try:
        connection.connect()
        sock = connection.sock
        sock.settimeout(max(0.01, until - time.monotonic()))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, {"Accept": "application/json", **headers})
        answer = connection.getresponse()
        chunks, size = [], 0
        while chunk := _within(answer, sock, until):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_PAGE:
                raise PullFailed(
                    _("One page is larger than %(limit)s MB.") % {"limit": LARGEST_PAGE // 2**20}
                )
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, b"".join(chunks)
    finally:
        connection.close()


def _within(answer: http.client.HTTPResponse, sock: Any, until: float) -> bytes:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if answer.fp is not None:
        sock.settimeout(left)
    return answer.read1(65_536)
