"""CSV rows of a OneRoster 1.2 bundle as the JSON of its REST binding.

Source: OneRoster 1.2, Rostering and Gradebook Service Models, REST binding.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = Mapping[str, str]
Body = dict[str, Any]

ROSTERING = "/ims/oneroster/rostering/v1p2"
GRADEBOOK = "/ims/oneroster/gradebook/v1p2"
COLLECTIONS = {
    f"{ROSTERING}/orgs": "orgs",
    f"{ROSTERING}/academicSessions": "academicSessions",
    f"{ROSTERING}/courses": "courses",
    f"{ROSTERING}/classes": "classes",
    f"{ROSTERING}/users": "users",
    f"{ROSTERING}/enrollments": "enrollments",
    f"{ROSTERING}/demographics": "demographics",
    f"{GRADEBOOK}/categories": "categories",
    f"{GRADEBOOK}/lineItems": "lineItems",
    f"{GRADEBOOK}/results": "results",
}
ONE = {
    "orgs": "org", "academicSessions": "academicSession", "courses": "course", "classes": "class", "users": "user",
    "enrollments": "enrollment", "demographics": "demographics", "categories": "category", "lineItems": "lineItem",
    "results": "result",
}  # fmt: skip
# Column → (property, type of the resource it refers to, its collection); a plural property is a list.
_REFERENCES = {
    "parentSourcedId": ("parent", "org", "orgs"),
    "orgSourcedId": ("org", "org", "orgs"),
    "schoolSourcedId": ("school", "org", "orgs"),
    "schoolYearSourcedId": ("schoolYear", "academicSession", "academicSessions"),
    "courseSourcedId": ("course", "course", "courses"),
    "termSourcedIds": ("terms", "academicSession", "academicSessions"),
    "classSourcedId": ("class", "class", "classes"),
    "userSourcedId": ("user", "user", "users"),
    "studentSourcedId": ("student", "user", "users"),
    "agentSourcedIds": ("agents", "user", "users"),
    "primaryOrgSourcedId": ("primaryOrg", "org", "orgs"),
    "categorySourcedId": ("category", "category", "categories"),
    "lineItemSourcedId": ("lineItem", "lineItem", "lineItems"),
    "academicSessionSourcedId": ("academicSession", "academicSession", "academicSessions"),
}
_LISTS = {"grades", "subjects", "subjectCodes", "periods"}
_NUMBERS = {"resultValueMin", "resultValueMax", "score", "weight"}
_YES_NO = {"primary", "enabledUser", "inProgress", "incomplete", "late", "missing"}
_NOT_SHOWN = {"password"}


def resources(rows: Mapping[str, Iterable[Row]], modified: str) -> Iterator[tuple[str, list[Body]]]:
    """Every collection with its resources; roles stand in their users.

    modified: the date of rows without one.
    """
    roles: dict[str, list[Body]] = {}
    for row in rows.get("roles", ()):
        role: Body = {
            "roleType": row["roleType"],
            "role": row["role"],
            "org": _reference(row["orgSourcedId"], "org", "orgs"),
        }
        role |= {name: row[name] for name in ("beginDate", "endDate") if row.get(name)}
        roles.setdefault(row["userSourcedId"], []).append(role)
    for collection in ONE:
        if collection in rows:
            bodies = [_body(collection, row, modified) for row in rows[collection]]
            if collection == "users":
                for body in bodies:
                    body["roles"] = roles.get(body["sourcedId"], [])
            yield collection, bodies


def _body(collection: str, row: Row, modified: str) -> Body:
    body: Body = {
        "sourcedId": row["sourcedId"],
        "status": row.get("status") or "active",
        "dateLastModified": row.get("dateLastModified") or modified,
    }
    for name, value in row.items():
        if not value or name in body or name in _NOT_SHOWN:
            continue
        if name.startswith("metadata."):
            body.setdefault("metadata", {})[name.removeprefix("metadata.")] = value
        elif name == "userIds":
            pairs = (item.strip("{} ").partition(":") for item in value.split(","))
            body[name] = [{"type": kind, "identifier": identifier} for kind, _colon, identifier in pairs]
        elif name == "scoreStatus":
            body[name] = value
        elif name in _REFERENCES:
            prop, kind, of = _REFERENCES[name]
            if collection == "academicSessions" and name == "parentSourcedId":
                kind, of = "academicSession", "academicSessions"
            each = [_reference(one.strip(), kind, of) for one in value.split(",") if one.strip()]
            body[prop] = each if name.endswith("Ids") else each[0]
        elif name in _LISTS:
            body[name] = [one.strip() for one in value.split(",")]
        elif name in _NUMBERS:
            body[name] = float(value)
        elif name in _YES_NO:
            body[name] = value.lower() == "true"
        else:
            body[name] = value
    return body


def _reference(sourced_id: str, kind: str, collection: str) -> Body:
    base = GRADEBOOK if collection in ("categories", "lineItems", "results") else ROSTERING
    return {"href": f"{base}/{collection}/{sourced_id}", "sourcedId": sourced_id, "type": kind}
