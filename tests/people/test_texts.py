"""Text messages leave by the gateway of the settings, and one that did not leave is not taken for sent."""

import json
import threading
import urllib.error
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.people import jobs, texts

Said = tuple[str, str, dict[str, str], dict[str, str]]  # method, path, headers, body


class Answering(ThreadingHTTPServer):
    """A gateway that writes down what it is asked. status, location: of its answer."""

    status, location = 202, ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.said: list[Said] = []


class Handler(BaseHTTPRequestHandler):
    server: Answering

    def log_message(self, *_args) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.said.append((self.command, self.path, dict(self.headers), json.loads(raw or b"{}")))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST


@pytest.fixture
def serve() -> Iterator[Callable[[], Answering]]:
    running: list[Answering] = []

    def start() -> Answering:
        server = Answering()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def gateway(serve, settings) -> Answering:
    server = serve()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_address[1]}/messages"
    settings.SMS_TOKEN = "the district's own"
    settings.TEXT_SENDER = "portal.people.texts.Gateway"
    return server


def test_a_code_reaches_the_gateway_as_it_was_written_and_lies_sealed_on_the_way(db, gateway, monkeypatch):
    queued: list[dict[str, str]] = []

    class Queue:
        def defer(self, **said: str) -> None:
            queued.append(said)

    monkeypatch.setattr(texts.app, "configure_task", lambda _name: Queue())
    texts.post("+12135550142", "482913 is your code. Ñandú")
    assert not any("482913" in value or "5550142" in value for value in queued[0].values())
    jobs.deliver_text(**queued[0])
    ((method, path, headers, body),) = gateway.said
    assert (method, path, body) == (
        "POST",
        "/messages",
        {"to": "+12135550142", "text": "482913 is your code. Ñandú"},
    )
    assert headers["Authorization"] == "Bearer the district's own"


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_an_answer_that_is_no_yes_is_a_failure_and_the_job_tries_again(gateway, status):
    gateway.status = status
    with pytest.raises(urllib.error.HTTPError):
        texts.Gateway().send("+12135550142", "hello")


def test_nobody_is_followed_elsewhere_with_a_number_and_our_token(gateway, serve):
    elsewhere = serve()
    for status in (301, 302, 303, 307, 308):
        gateway.status, gateway.location = status, f"http://127.0.0.1:{elsewhere.server_address[1]}/"
        with pytest.raises(urllib.error.HTTPError):
            texts.Gateway().send("+12135550142", "hello")
    assert elsewhere.said == []


def test_a_gateway_that_is_away_is_a_failure(gateway, settings):
    settings.SMS_URL = "http://127.0.0.1:9/messages"
    with pytest.raises(OSError, match="refused"):
        texts.Gateway().send("+12135550142", "hello")
