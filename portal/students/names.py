"""Finding people by name: the start of any word, whatever the accents, order, hyphens and apostrophes.

Each name is kept once for each of its words, turned so that this word comes first; a look-up is then one range of
an index. The folding is the same on both sides. A name in another script is kept in its Latin form as well, by the
tables of anyascii: Armenian, Cyrillic, Korean and Chinese as they are commonly written. Arabic script writes no short
vowels, so of Persian names only the letters that are written are found: "mhmd", or the name in its own script.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from anyascii import anyascii
from django.db import connection
from django.db.models import Q

from portal.students.models import Employee, EmployeeKey, NameKey, Student, StudentKey

CHUNK = 5000  # rows folded and copied at a time
LONGEST = 200  # characters of a key; longer names keep the first words of each rotation
SYLLABLE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Korean surnames as families write them, where the tables differ: two in three Koreans have one of these.
SURNAMES = {
    "김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang", "조": "Cho", "윤": "Yoon",
    "장": "Jang", "임": "Lim", "오": "Oh", "한": "Han", "신": "Shin", "서": "Seo", "권": "Kwon", "황": "Hwang",
}  # fmt: skip
LETTERS = ("L", "N")  # categories of characters a word is made of


def folded(text: str) -> list[str]:
    """The words of a name without case and accents; O'Brien is one word, García-López two.

    Joined parts count as a word too when a hyphen stood between them, so that Min-jun and Minjun meet.
    """
    words: list[str] = []
    for token in _bare(text).split():
        parts = [word for word in map(_letters, token.split("-")) if word]
        words += parts
        if len(parts) > 1:
            words.append("".join(parts))
    return words


def typed(text: str) -> tuple[list[str], list[str]]:
    """What was typed, as words to look for: once split at hyphens, once joined."""
    split = [word for token in _bare(text).split() for word in map(_letters, token.split("-")) if word]
    joined = [word for token in _bare(text).split() if (word := _letters(token))]
    return split, joined


def rotations(names: Iterable[str]) -> set[str]:
    """The keys that find a person known by these names, in their own script and in Latin."""
    names = list(names)
    found = set()
    for spelled in (names, [latin(name) for name in names]):
        words = [word for name in spelled for word in folded(name)]
        found |= {" ".join(words[at:] + words[:at])[:LONGEST] for at in range(len(words))}
    return found


def latin(name: str) -> str:
    """The name in Latin letters; each syllable of a Korean or Chinese one counts as a word: Min-Jun."""
    if name.isascii():
        return name
    return " ".join(
        SURNAMES.get(word) or SYLLABLE.sub("-", anyascii(word)) if not _is_latin(word) else word
        for word in name.split()
    )


def matching(text: str) -> Q:
    """The condition on a key that finds what was typed; Q(pk=None) when nothing of it is a letter."""
    found = Q()
    for words in typed(text):
        found |= _all_of(words)
    return found or Q(pk=None)


def refresh(run_id: int) -> None:
    """Makes the keys of every student and employee the import run changed anew; memory does not grow with their number."""
    EmployeeKey.objects.filter(employee__run_id=run_id).delete()
    employees = Employee.objects.filter(run_id=run_id).values_list("pk", "given_name", "family_name")
    copied(EmployeeKey, ("employee_id",), employees.iterator(chunk_size=CHUNK))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM students_studentkey AS key USING students_student AS student"
            " WHERE student.id = key.student_id AND student.run_id = %s",
            [run_id],
        )
    students = Student.objects.filter(run_id=run_id).exclude(school=None)
    rows = students.values_list("pk", "school_id", "given_name", "middle_name", "family_name")
    copied(StudentKey, ("student_id", "school_id"), rows.iterator(chunk_size=CHUNK))


def copied(model: type[NameKey], columns: Sequence[str], rows: Iterator[tuple]) -> None:
    """Keys for rows whose first values go into `columns`, and whose other values are the parts of a name."""
    ids = len(columns)
    table = connection.ops.quote_name(model._meta.db_table)
    into = ", ".join(map(connection.ops.quote_name, (*columns, "key")))
    arrays = ", ".join(["%s::bigint[]"] * ids + ["%s::text[]"])
    while chunk := list(islice(rows, CHUNK)):
        keys = [(*row[:ids], key) for row in chunk for key in rotations(row[ids:])]
        with connection.cursor() as cursor:  # COPY does not go through the second wall
            cursor.execute(
                f"INSERT INTO {table} ({into}) SELECT * FROM unnest({arrays})",  # noqa: S608 - names of our own models
                [list(column) for column in zip(*keys, strict=True)] or [[]] * (ids + 1),
            )


def _all_of(words: Sequence[str]) -> Q:
    """Every word starts some word of the name; a word that only begins another one asks for nothing more."""
    kept = [
        word
        for word in dict.fromkeys(words)
        if not any(other != word and other.startswith(word) for other in words)
    ]
    if not kept:
        return Q(pk=None)
    first = max(kept, key=len)
    found = Q(key__gte=first, key__lt=first[:-1] + chr(ord(first[-1]) + 1))
    for word in kept:
        if word != first:
            found &= Q(key__contains=f" {word}")
    return found


def _bare(text: str) -> str:
    """Case and accents gone; dashes of every kind as hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize(
        "NFC",
        "".join(
            "-" if unicodedata.category(char) == "Pd" else char
            for char in plain
            if not unicodedata.combining(char)
        ),
    )


def _is_latin(word: str) -> bool:
    return all(unicodedata.name(char, "").startswith("LATIN") for char in word if char.isalpha())


def _letters(token: str) -> str:
    return "".join(char for char in token if unicodedata.category(char)[0] in LETTERS)
