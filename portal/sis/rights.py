"""Which of two rights opens more, in the words of the database."""

RIGHTS = ("none", "limited", "full")
RESTRICTIONS = ("noContact", "noRecords", "none")


def rank(expression: str, words: tuple[str, ...]) -> str:
    """Where a word stands in a list that begins with the narrowest."""
    cases = " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(words))
    return f"CASE {expression} {cases} END"


def narrower(one: str, other: str, *, ends: bool) -> str:
    """Whether a row, known by an alias, opens less than another in any way. ends: both have a last day."""
    conditions = [
        f"{rank(f'{one}.educational_rights', RIGHTS)} < {rank(f'{other}.educational_rights', RIGHTS)}",
        f"{rank(f'{one}.access_restriction', RESTRICTIONS)} < {rank(f'{other}.access_restriction', RESTRICTIONS)}",
    ]
    if ends:
        conditions.append(f"coalesce({one}.ends, 'infinity') < coalesce({other}.ends, 'infinity')")
    return f"({' OR '.join(conditions)})"
