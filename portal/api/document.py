"""docs/api.json: the API as an OpenAPI 3.1 document, written from the addresses and the types of what they answer."""

import dataclasses
import inspect
import json
import re
import types
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.urls import URLPattern
from django.utils.functional import Promise

from portal.api.endpoint import LONGEST_TEXT, Endpoint

JSON = dict[str, Any]
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
PARAMETERS: dict[str, JSON] = {
    "ref": {"type": "string", "pattern": "^[2-9A-Za-z]{10}$"},
    "day": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
}
PLAIN: dict[Any, JSON] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    time: {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}:[0-9]{2}$"},
    Promise: {"type": "string"},
    type(None): {"type": "null"},
}
ALWAYS = (404, 405, 429, 500, 503)
WORDS = {
    400: "What was sent cannot be read.",
    401: "No token, or one that has ended.",
    403: "Not open to this person, or an unlock comes first; `code` says which.",
    404: "Not there, or not theirs: the same answer.",
    405: "Another method.",
    415: "Something else than JSON.",
    422: "Fields say what is wrong with them.",
    429: "Too many tries.",
    500: "Something went wrong on our side.",
    503: "Busy.",
}
ERROR = "#/components/schemas/Error"
UNCHANGED = {"description": "The same as before: If-None-Match named the ETag of the answer."}


def text(patterns: Sequence[URLPattern]) -> str:
    """The document, the same bytes each time."""
    return json.dumps(document(patterns), indent=1, ensure_ascii=False) + "\n"


def document(patterns: Sequence[URLPattern]) -> JSON:
    schemas = Schemas()
    paths: JSON = {}
    for pattern in patterns:
        address = str(pattern.pattern)
        paths["/" + PARAMETER.sub(r"{\2}", address)] = {
            "parameters": list(_parameters(address)),
            **{
                endpoint.method.lower(): _operation(pattern, endpoint, schemas)
                for endpoint in pattern.callback.endpoints  # type: ignore[attr-defined]
            },
        }
    schemas.found["Error"] = _error()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parent Portal",
            "version": "1",
            "description": "What an app on a parent's own device may ask. A token goes into the Authorization header; "
            "cookies are neither read nor set. Every reading is what the page of the same address shows.",
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.found.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _parameters(address: str) -> Iterator[JSON]:
    for kind, name in PARAMETER.findall(address):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": PARAMETERS.get(kind, {"type": "string"}),
        }


def _operation(pattern: URLPattern, endpoint: Endpoint, schemas: "Schemas") -> JSON:
    failures = {*endpoint.errors, *ALWAYS, 401}
    answer: JSON = {"description": endpoint.summary}
    if endpoint.answers is not None:
        answer["content"] = {"application/json": {"schema": _answer(endpoint, schemas)}}
    said: JSON = {
        "operationId": f"{pattern.name}_{endpoint.method.lower()}",
        "summary": endpoint.summary,
        "security": [{"token": []}] if endpoint.needs_token else [],
        "responses": {
            str(endpoint.status if endpoint.answers is not None else 204): answer,
            **({"304": UNCHANGED} if endpoint.method == "GET" else {}),
            **{
                str(status): {
                    "description": WORDS[status],
                    "content": {"application/json": {"schema": {"$ref": ERROR}}},
                }
                for status in sorted(failures)
            },
        },
    }
    if endpoint.body is not None:
        said["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas.of(endpoint.body, sent=True)}},
        }
    return said


def _answer(endpoint: Endpoint, schemas: "Schemas") -> JSON:
    if not isinstance(endpoint.answers, tuple):
        return schemas.of(endpoint.answers)
    around, read = endpoint.answers
    found = get_type_hints(read)["return"]
    hints = get_type_hints(around)
    properties = {
        each.name: schemas.of(found if each.name == "reading" else hints[each.name])
        for each in dataclasses.fields(around)
    }
    return _object(properties, list(properties))


def _error() -> JSON:
    words: JSON = {"type": "string"}
    fields: JSON = {"type": "object", "additionalProperties": {"type": "array", "items": words}}
    properties = {"code": words, "message": words, "fields": fields, "request_id": words}
    return _object(properties, list(properties))


def _object(properties: JSON, required: list[str]) -> JSON:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


class Schemas:
    """JSON schemas of types as faces.plain writes them; each dataclass once, under its name."""

    def __init__(self) -> None:
        self.found: dict[str, JSON] = {}

    def of(self, kind: Any, *, sent: bool = False) -> JSON:
        """The schema of a type.

        sent: for what comes in, where a default makes a field optional and texts have a longest length.
        Raises TypeError for a type that does not say what its JSON will be.
        """
        if kind in PLAIN:
            return PLAIN[kind] | ({"maxLength": LONGEST_TEXT} if sent and kind is str else {})
        origin, inside = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self._any([self.of(each) for each in inside])
        if origin in (tuple, list):
            if origin is tuple and inside[-1:] != (...,):
                fixed = [self.of(each) for each in inside]
                return {"type": "array", "prefixItems": fixed, "minItems": len(fixed), "maxItems": len(fixed)}
            return {"type": "array", "items": self.of(inside[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(inside[1])}
        if inspect.isclass(kind) and issubclass(kind, Enum):
            return _enum(kind)
        if dataclasses.is_dataclass(kind):
            return self._dataclass(kind, sent)  # type: ignore[arg-type]
        if inspect.isclass(kind) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
            hints = get_type_hints(kind)
            return self.of(tuple[tuple(hints[name] for name in kind._fields)])  # type: ignore[misc]
        raise TypeError(f"{kind!r} does not say what its JSON will be")

    def _dataclass(self, kind: type, sent: bool) -> JSON:
        name = _name(kind)
        if name not in self.found:
            self.found[name] = {}  # so that a type within itself ends
            hints = get_type_hints(kind)
            declared = dataclasses.fields(kind)  # type: ignore[arg-type]
            properties = {each.name: self.of(hints[each.name], sent=sent) for each in declared}
            required = [each.name for each in declared if not sent or each.default is dataclasses.MISSING]
            self.found[name] = _object(properties, required)
        return {"$ref": f"#/components/schemas/{name}"}

    def _any(self, found: list[JSON]) -> JSON:
        different = [each for n, each in enumerate(found) if each not in found[:n]]
        return different[0] if len(different) == 1 else {"anyOf": different}


def _enum(kind: type[Enum]) -> JSON:
    values = [each.value for each in kind]
    if any(isinstance(value, Promise) for value in values):  # shown in the reader's language
        return {"type": "string"}
    return {"enum": [str(value) if isinstance(value, Enum) else value for value in values]}


def _name(kind: type) -> str:
    """attendance.Line for portal.sections.attendance.reading.Line."""
    rooms = [
        part for part in kind.__module__.split(".") if part not in ("portal", "sections", "reading", "record")
    ]
    return ".".join((*rooms, kind.__qualname__))
