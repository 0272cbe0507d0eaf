"""An app that asks: JSON in and out, a token in the Authorization header."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from portal.people.models import Person
from portal.people.sessions import TokenStore


class App:
    """What a device sends; `token` may be changed or left out."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.token, self.client = token, client or Client()

    def ask(self, method: str, address: str, body: Any = None, **more: Any) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return self.client.generic(method, f"/api/v1/{address}", headers=headers, **(sent | more))

    def get(self, address: str) -> HttpResponse:
        return self.ask("GET", address)

    def post(self, address: str, body: Any) -> HttpResponse:
        return self.ask("POST", address, body)


def app_of(person: Person) -> App:
    """An app that has signed in as this person."""
    session = TokenStore()
    session.sign_in(person, own_device=True, device="App")
    session.save()
    return App(session.session_key)
