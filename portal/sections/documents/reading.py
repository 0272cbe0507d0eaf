"""What a family reads of its papers: what the school asked for, what was sent and what became of it; unlocked, papers from
the school."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.timezone import localdate, now

from portal.access.grant import Grant
from portal.record import codes
from portal.record.section import Tone, Words
from portal.sections.documents.models import Kind, Paper, Sent, Wanted

TONES = {
    Sent.State.RECEIVED: Tone.INFO,
    Sent.State.IN_REVIEW: Tone.INFO,
    Sent.State.ACCEPTED: Tone.GOOD,
    Sent.State.REJECTED: Tone.BAD,
    Sent.State.EXPIRED: Tone.QUIET,
}
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Request:
    """One paper the school asks for."""

    number: int  # its place among those asked for, from 1
    what: str  # as the school calls it, or the word of its kind
    named: bool  # `what` is the school's own text
    asked_on: date
    due_on: date | None
    soon: bool  # due within three days, or the day has passed


@dataclass(frozen=True)
class SentPaper:
    """One paper the family sent or brought."""

    kind: Words
    name: str  # of the file; empty when not said
    sent_on: date
    state: Sent.State | None  # None: a code of the district's own
    words: Words  # of the state
    tone: Tone
    reason: Words  # why it should be sent again; empty otherwise


@dataclass(frozen=True)
class Documents:
    asked: tuple[Request, ...]  # what is due first comes first
    sent: tuple[SentPaper, ...]  # newest first

    def sending(self, query: Mapping[str, str]) -> Words:
        """What an address says is to be sent: one of the papers asked for, or a kind; empty for nonsense."""
        number, kind = query.get("asked", ""), query.get("kind", "")
        asked = next((each.what for each in self.asked if str(each.number) == number), "")
        return asked or (Kind(kind).label if kind in Kind.values else "")


@dataclass(frozen=True)
class SchoolPaper:
    """One paper from the school."""

    title: str
    kind: Words
    language: str  # BCP 47; empty when not said
    published_on: date
    requires_signature: bool


@dataclass(frozen=True)
class FromSchool:
    papers: tuple[SchoolPaper, ...]  # newest first


def read(grant: Grant) -> Documents:
    """What is asked for and what was sent; two queries."""
    wanted = Wanted.rows.under(grant).filter(state=Wanted.State.OPEN)
    return Documents(
        asked=tuple(
            Request(
                number=number,
                what=row.title or str(codes.word(row.kind, Kind, "documentRequests")),
                named=bool(row.title),
                asked_on=row.asked_on,
                due_on=row.due_on,
                soon=row.due_on is not None and row.due_on <= grant.on + SOON,
            )
            for number, row in enumerate(
                sorted(wanted, key=lambda row: (row.due_on or date.max, row.asked_on, row.pk)), 1
            )
        ),
        sent=tuple(map(_sent, Sent.rows.under(grant).order_by("-sent_on", "-pk"))),
    )


def _sent(row: Sent) -> SentPaper:
    state = Sent.State(row.state) if row.state in Sent.State.values else None
    again = state == Sent.State.REJECTED
    return SentPaper(
        kind=codes.word(row.kind, Kind, "sentDocuments"),
        name=row.name,
        sent_on=row.sent_on,
        state=state,
        words=codes.word(row.state, Sent.State, "sentDocuments"),
        tone=TONES[state] if state else Tone.QUIET,
        reason=codes.word(row.reason or "other", Sent.Reason, "sentDocuments") if again else "",
    )


def read_papers(grant: Grant) -> FromSchool:
    """Papers the school has published and not taken back; one query."""
    shown = Paper.rows.under(grant).filter(
        Q(expires_on=None) | Q(expires_on__gte=grant.on), published_at__lte=now()
    )
    return FromSchool(
        papers=tuple(
            SchoolPaper(
                title=row.title,
                kind=codes.word(row.kind, Paper.Kind, "documents"),
                language=row.language,
                published_on=localdate(row.published_at),
                requires_signature=bool(row.requires_signature),
            )
            for row in shown.order_by("-published_at", "-pk")
        )
    )
