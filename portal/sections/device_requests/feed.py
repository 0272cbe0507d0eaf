"""Columns of deviceRequests.csv, our own addition to the companion CSV set."""

from portal.record.feed import Column, Feed, Kind
from portal.sections.device_requests.models import DeviceRequest
from portal.students.models import Student

feed = Feed(
    file="deviceRequests.csv",
    into=DeviceRequest,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("device", "device", Kind.CODE, required=True, codes=DeviceRequest.Device.values),
        Column("reason", "reason", Kind.CODE, codes=DeviceRequest.Reason.values),
        Column("state", "state", Kind.CODE, required=True, codes=DeviceRequest.State.values),
        Column("requestedOn", "requested_on", Kind.DAY, required=True),
        Column("place", "place"),
        Column("issuedOn", "issued_on", Kind.DAY),
        Column("dueBackOn", "due_back_on", Kind.DAY),
        Column("note", "note", longest=500),
    ),
    check=(
        ("issued_on IS NULL OR requested_on <= issued_on", "ends_before_it_begins"),
        ("due_back_on IS NULL OR requested_on <= due_back_on", "ends_before_it_begins"),
    ),
)
