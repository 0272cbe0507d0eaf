"""What the import says of itself, kept so that whoever reads it later hears it in their own language."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import translation


class Sentence(str):
    """A sentence of the catalogs, filled in; as text it is in the language of whoever ran the import.

    said: its message and, where the number decides the words, the message of many and the number. values: what fills it in.
    """

    said: tuple[Any, ...]
    values: Mapping[str, Any]

    def __mod__(self, values: Any) -> "Sentence":
        return _sentence(str(self) % values, self.said, values)


def gettext(message: str) -> Sentence:
    """As Django's, and it can be said again."""
    return _sentence(translation.gettext(message), (message,), {})


def ngettext(one: str, many: str, number: int) -> Sentence:
    """As Django's, and it can be said again."""
    return _sentence(translation.ngettext(one, many, number), (one, many, number), {})


def kept(sentences: Iterable[str]) -> list[Any]:
    """As JSON types. What is no Sentence stays the text it is."""
    return [_plain(each) for each in sentences]


def again(stored: Any, show: Callable[[object], object]) -> str:
    """One sentence of `kept` in the language of today's reader. show: how a number or a name stands in it."""
    if isinstance(stored, str):
        return stored
    message, *many = stored["said"]
    words = translation.ngettext(message, *many) if many else translation.gettext(message)
    values = {
        name: again(value, show) if isinstance(value, dict) else show(value)
        for name, value in stored["values"].items()
    }
    return words % values if values else words


def _sentence(text: str, said: tuple[Any, ...], values: Mapping[str, Any]) -> Sentence:
    made = Sentence(text)
    made.said, made.values = said, values
    return made


def _plain(value: object) -> object:
    if isinstance(value, Sentence):
        return {
            "said": list(value.said),
            "values": {name: _plain(each) for name, each in value.values.items()},
        }
    return value if isinstance(value, int) else str(value)
