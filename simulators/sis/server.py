"""The simulator's HTTP face: token, OneRoster, changes, faults, and pages that say what this is."""

import base64
import hashlib
import hmac
import html
import json
import re
import secrets
import threading
import time
from dataclasses import asdict, dataclass, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from simulators.sis import oneroster
from simulators.sis.store import Store

OLDEST = 300  # seconds a signature is good for
TOKEN_LASTS = 3600  # seconds
FILTER = re.compile(r"dateLastModified\s*(>=|>|<=|<|=)\s*'([^']*)'")
PHONE = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}|")
FIELDS = {"home", "work", "cell", "preferred", "contact_by", "text_opt_in"}


@dataclass
class Faults:
    """What goes wrong, each from 0 to 100 percent of the changes unless it says otherwise."""

    down: int = 0  # hangs up without an answer
    slow_ms: int = 0  # milliseconds before each answer
    error_after: int = 0  # answers 500 after it has applied the change
    lies: int = 0  # says it has it and does not
    duplicates: int = 0  # handles the change twice, as a network that repeats itself would
    refuses: int = 0  # says the number is not valid
    forgets_keys: int = 0  # no once-only: a key seen before is applied again


class Simulator(ThreadingHTTPServer):
    """Listens on 127.0.0.1; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, store: Store, secret: str, client: tuple[str, str] = ("portal", "portal-secret")
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store, self.secret, self.client = store, secret.encode(), client
        self.faults = Faults()
        self.tokens: dict[str, float] = {}
        self.fates = threading.Lock()
        self.count = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def strikes(self, percent: int, of: str) -> bool:
        """Whether a fault strikes this change: spread evenly, the same change differently at its next try."""
        with self.fates:
            self.count += 1
            lot = hashlib.sha256(f"{of} {self.count}".encode()).digest()[0] * 100 // 256
        return lot < percent


class Handler(BaseHTTPRequestHandler):
    server: Simulator
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version, sys_version = "SIS-simulator", ""

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the log of changes is in the store."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            self._page()
        elif path == "/faults":
            self._json(200, asdict(self.server.faults))
        elif path == "/log.json":
            self._json(200, self.server.store.log(int(self._query().get("after", "0"))))
        elif path == "/cards.json":
            self._json(200, self.server.store.cards())
        elif path.startswith("/changes/"):
            self._read_back(path.removeprefix("/changes/"))
        elif path.startswith("/ims/oneroster/"):
            self._oneroster(path)
        else:
            self._json(404, {"code": "no_such_address"})

    def do_POST(self) -> None:
        path, body = urlsplit(self.path).path, self._body()
        if path == "/token":
            self._token(body)
        elif path == "/faults":
            self._set_faults(body)
        else:
            self._json(404, {"code": "no_such_address"})

    def do_PUT(self) -> None:
        path, body = urlsplit(self.path).path, self._body()
        if path.startswith("/changes/"):
            self._change(path.removeprefix("/changes/"), body)
        else:
            self._json(404, {"code": "no_such_address"})

    # Changes

    def _change(self, key: str, body: bytes) -> None:
        faults, store = self.server.faults, self.server.store
        if faults.slow_ms:
            time.sleep(faults.slow_ms / 1000)
        if self.server.strikes(faults.down, key):
            self._hang_up()
            return
        if not self._signed(body):
            self._json(401, {"code": "bad_signature"})
            return
        payload = json.loads(body)
        refusal = self._refusal(key, payload)
        if refusal:
            store.note(key, payload, "refused")
            self._json(422, {"code": refusal})
            return
        if self.server.strikes(faults.lies, key):
            store.note(key, payload, "lie")
            self._json(200, {"state": "applied"})
            return
        digest = hashlib.sha256(body).hexdigest()
        times = 2 if self.server.strikes(faults.duplicates, key) else 1
        for _ in range(times):
            effect = store.take(key, digest, payload, forget_keys=bool(faults.forgets_keys))
        if effect == "conflict":
            self._json(409, {"code": "other"})
        elif self.server.strikes(faults.error_after, key):
            self._json(500, {"code": "other"})
        else:
            self._json(200, {"state": "applied"})

    def _refusal(self, key: str, payload: dict[str, Any]) -> str:
        """The code of why this change will never be taken; empty when it will."""
        # The same change is refused whenever it comes.
        if int(hashlib.sha256(key.encode()).hexdigest()[:4], 16) * 100 // 65536 < self.server.faults.refuses:
            return "invalid"
        changed = payload.get("fields", {})
        if not changed or not set(changed) <= FIELDS:
            return "other"
        if any(
            not PHONE.fullmatch(str(changed[name])) for name in ("home", "work", "cell") if name in changed
        ):
            return "invalid"
        return self.server.store.knows(payload["student"], payload["guardian"])

    def _read_back(self, key: str) -> None:
        if self.server.faults.down == 100:
            self._hang_up()
        elif not self._signed(b""):
            self._json(401, {"code": "bad_signature"})
        else:
            stands = self.server.store.stands(key)
            if stands is None:
                self._json(404, {"code": "unknown_key"})
            else:
                self._json(200, {"state": "applied", "fields": stands})

    def _signed(self, body: bytes) -> bool:
        at, given = self.headers.get("Portal-Timestamp", ""), self.headers.get("Portal-Signature", "")
        if not at.isdigit() or abs(time.time() - int(at)) > OLDEST:
            return False
        what = b"\n".join([at.encode(), self.command.encode(), self.path.encode(), body])
        expected = "v1=" + hmac.new(self.server.secret, what, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, given)

    # OneRoster

    def _token(self, body: bytes) -> None:
        """OAuth 2.0 client credentials, the client in the Authorization header or in the form."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        scheme, _blank, given = self.headers.get("Authorization", "").partition(" ")
        said = (form.get("client_id", ""), form.get("client_secret", ""))
        if scheme.lower() == "basic":
            name, _colon, word = base64.b64decode(given).decode().partition(":")
            said = unquote(name), unquote(word)
        if form.get("grant_type") != "client_credentials":
            self._json(400, {"error": "unsupported_grant_type"})
        elif said != self.server.client:
            self._json(401, {"error": "invalid_client"})
        else:
            token = secrets.token_urlsafe(32)
            self.server.tokens[token] = time.time() + TOKEN_LASTS
            answer = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LASTS}
            self._json(200, answer | ({"scope": form["scope"]} if "scope" in form else {}))

    def _oneroster(self, path: str) -> None:
        faults = self.server.faults
        if faults.slow_ms:
            time.sleep(faults.slow_ms / 1000)
        if self.server.strikes(faults.down, path):
            self._hang_up()
            return
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.server.tokens.get(token, 0) < time.time():
            self._json(401, _status("unauthorisedrequest"))
            return
        if path in oneroster.COLLECTIONS:
            self._collection(path, oneroster.COLLECTIONS[path])
            return
        above, _slash, sourced_id = path.rpartition("/")
        collection = oneroster.COLLECTIONS.get(above, "")
        found = self.server.store.ask(
            "SELECT body FROM resource WHERE collection = ? AND sourced_id = ?",
            collection,
            unquote(sourced_id),
        )
        if not found:
            self._json(404, _status("unknownobject"))
        else:
            self._json(200, {oneroster.ONE[collection]: json.loads(found[0][0])})

    def _collection(self, path: str, collection: str) -> None:
        """One page; filter=dateLastModified>'…', limit, offset; the total and the links stand in the headers."""
        query = self._query()
        try:
            limit, offset = int(query.get("limit", "100")), int(query.get("offset", "0"))
        except ValueError:
            limit = 0
        wanted = FILTER.fullmatch(query["filter"].strip()) if "filter" in query else None
        if limit < 1 or offset < 0 or ("filter" in query and wanted is None):
            self._json(400, _status("invalid_filter_field"))
            return
        where, values = "collection = ?", [collection]
        if wanted:
            where += f" AND modified {wanted[1]} ?"  # the sign is one of five
            values.append(wanted[2])
        store = self.server.store
        ((total,),) = store.ask(f"SELECT count(*) FROM resource WHERE {where}", *values)  # noqa: S608
        rows = store.ask(
            f"SELECT body FROM resource WHERE {where} ORDER BY sourced_id LIMIT ? OFFSET ?",  # noqa: S608
            *values, min(limit, 5000), offset,
        )  # fmt: skip
        links = []
        for rel, at in (("next", offset + limit), ("prev", offset - limit), ("first", 0)):
            if rel == "first" or 0 <= at < total:
                address = (
                    f"{self.server.url}{path}?{urlencode(query | {'limit': limit, 'offset': max(at, 0)})}"
                )
                links.append(f'<{address}>; rel="{rel}"')
        answer = {collection: [json.loads(body) for (body,) in rows]}
        self._json(200, answer, {"X-Total-Count": str(total), "Link": ", ".join(links)})

    # Faults and pages

    def _set_faults(self, body: bytes) -> None:
        """JSON or a form; what is not named keeps its value."""
        if self.headers.get("Content-Type", "").startswith("application/json"):
            said = json.loads(body)
        else:
            said = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        for each in fields(Faults):
            if each.name in said:
                setattr(self.server.faults, each.name, int(said[each.name]))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            self._json(200, asdict(self.server.faults))
        else:
            self._send(303, b"", "text/plain", {"Location": "/"})

    def _page(self) -> None:
        boxes = "".join(
            f'<p><label>{name} <input name="{name}" value="{value}" inputmode="numeric" size="5"></label></p>'
            for name, value in asdict(self.server.faults).items()
        )
        lines = "".join(
            f"<tr><td>{line['n']}</td><td>{line['at'][:19]}</td><td>{html.escape(line['student'])}</td>"
            f"<td>{html.escape(', '.join(line['fields'] or {}))}</td><td>{line['effect']}</td></tr>"
            for line in reversed(self.server.store.log()[-50:])
        )
        page = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>SIS simulator</title>
<h1>SIS simulator</h1><p>This is a simulator. It plays a district's student information system for the demo and for tests; no
school keeps its records here.</p><h2>Faults</h2><form method="post" action="/faults">{boxes}<button>Set</button></form>
<h2>Changes it met</h2><table><tr><th>No.</th><th>At</th><th>Student</th><th>Fields</th><th>Effect</th></tr>{lines}</table>"""
        self._send(200, page.encode(), "text/html; charset=utf-8")

    # Wire

    def _query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(value).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _status(code: str) -> dict[str, Any]:
    """The error body of OneRoster."""
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_CodeMinor": {"imsx_codeMinorField": [{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": code}]},
    }  # fmt: skip
