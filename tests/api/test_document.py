"""docs/api.json is an OpenAPI document, every reading keeps to it, and odd questions find no hole in it."""

import json
from collections.abc import Iterator

import jsonschema
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.api import document, urls
from portal.api.endpoint import Endpoint
from portal.config.env import ROOT
from portal.config.wsgi import application
from portal.record.contents import sections
from tests.api.asking import app_of
from tests.cast import Cast

DOCUMENT = json.loads((ROOT / "docs" / "api.json").read_text())
CHECKS = [
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]  # fmt: skip
OPERATIONS = [
    (address, method)
    for address, said in DOCUMENT["paths"].items()
    for method in said
    if method != "parameters"
]


@pytest.fixture
def connected() -> Iterator[None]:
    """A request from outside the test client leaves the test's connection open too."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_it_is_an_openapi_document():
    validate(DOCUMENT)


def test_every_address_of_the_api_stands_in_it():
    assert len(DOCUMENT["paths"]) == len(urls.urlpatterns)
    assert all(f"/api/v1/students/{{ref}}/{section.key}/" in DOCUMENT["paths"] for section in sections())


def test_a_reading_that_does_not_say_its_type_is_refused():
    def read(grant) -> object: ...

    with pytest.raises(TypeError, match="does not say what its JSON will be"):
        document.Schemas().of(document.get_type_hints(read)["return"])
    assert Endpoint("GET", "", read).errors == ()


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.key)
def test_a_reading_is_what_the_document_says(family: Cast, section):
    said = app_of(family.mother).get(f"students/{family.ana.ref}/{section.key}/").json()
    operation = DOCUMENT["paths"][f"/api/v1/students/{{ref}}/{section.key}/"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(said, schema | {"components": DOCUMENT["components"]})


@pytest.mark.parametrize(("address", "method"), OPERATIONS, ids=lambda part: part)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_odd_questions_find_no_failure_and_nothing_the_document_does_not_say(
    family: Cast, connected, address, method, mode
):
    """Bounded: some questions an address, the same ones each time; of every second the child is the mother's own."""
    operation = schemathesis.openapi.from_dict(DOCUMENT)[address][method.upper()]
    token, asked = app_of(family.mother).token, 0

    @settings(
        max_examples=5, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        nonlocal asked
        asked += 1
        if asked % 2 and "ref" in (case.path_parameters or {}):
            case.path_parameters["ref"] = family.ana.ref
        case.call_and_validate(
            app=application,
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            checks=CHECKS,
        )

    ask()
