"""Columns of documents.csv (our companion CSV set, version 1.0), and of documentRequests.csv and sentDocuments.csv, our own
additions to the set."""

from portal.record.feed import Column, Feed, Kind
from portal.sections.documents.models import Kind as Paperwork
from portal.sections.documents.models import Paper, Sent, Wanted
from portal.students.models import Student

wanted = Feed(
    file="documentRequests.csv",
    into=Wanted,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("kind", "kind", Kind.CODE, required=True, codes=Paperwork.values),
        Column("title", "title"),
        Column("askedOn", "asked_on", Kind.DAY, required=True),
        Column("dueDate", "due_on", Kind.DAY),
        Column("state", "state", Kind.CODE, required=True, codes=Wanted.State.values),
    ),
    check=(("due_on IS NULL OR asked_on <= due_on", "ends_before_it_begins"),),
)

sent = Feed(
    file="sentDocuments.csv",
    into=Sent,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("kind", "kind", Kind.CODE, required=True, codes=Paperwork.values),
        Column("fileName", "name"),
        Column("sentOn", "sent_on", Kind.DAY, required=True),
        Column("state", "state", Kind.CODE, required=True, codes=Sent.State.values),
        Column("reason", "reason", Kind.CODE, codes=Sent.Reason.values),
    ),
)

papers = Feed(
    file="documents.csv",
    into=Paper,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("title", "title", required=True),
        Column("kind", "kind", Kind.CODE, required=True, codes=Paper.Kind.values),
        Column("language", "language", longest=20),
        Column("fileName", "file_name", required=True),
        Column("sha256", "sha256", required=True, longest=64),
        Column("publishedAt", "published_at", Kind.MOMENT, required=True),
        Column("expiresAt", "expires_on", Kind.DAY),
        Column("requiresSignature", "requires_signature", Kind.YES_NO),
    ),
    shown_from="published_at",
    check=(
        ("sha256 ~ '^[0-9a-f]{64}$'", "bad_checksum"),
        (r"file_name ~* '^[^/\\]+\.pdf$'", "not_a_pdf"),
    ),
)

feeds = (wanted, sent, papers)
