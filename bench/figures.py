"""`python -m bench.figures`: what was asked for beside what was found, out of what the other programs of the bench wrote last.

Reads bench/result.json, report_day.json, full.json and lighthouse.json; what one of them does not have is told as not measured.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from bench.__main__ import ROOT

Row = tuple[str, str, str, bool | None]  # figure, asked, found, whether it is reached


def main() -> None:
    result, day, full, lighthouse = map(_read, ("result", "report_day", "full", "lighthouse"))
    rows = [
        *_pages(result),
        *_growth(result),
        *_day(day),
        *_lighthouse(lighthouse),
        *_feeds(result, full),
        *_school(result),
    ]
    print(f"{'figure':<48}{'asked':>12}{'reached':>9}  found")
    for figure, asked, found, reached in rows:
        print(f"{figure:<48}{asked:>12}{ {True: 'yes', False: 'NO', None: '?'}[reached]:>9}  {found}")


def _read(name: str) -> dict[str, Any]:
    file = ROOT / "bench" / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else {}


def _row(figure: str, asked: str, found: float | None, fits: Callable[[float], bool], more: str = "") -> Row:
    return (
        (figure, asked, "not measured", None)
        if found is None
        else (figure, asked, f"{found:g}{more}", fits(found))
    )


def _pages(result: dict[str, Any]) -> Iterator[Row]:
    for students, facts in result.get("sizes", {}).items():
        for name, page in facts["pages"].items():
            most = 1.6 if "304" in name else 3
            yield _row(
                f"CPU to its floor, {name}, {students}",
                f"<= {most}",
                page["cpu_ratio_to_floor"],
                lambda n, most=most: n <= most,
            )  # type: ignore[misc]
    pages = [page for facts in result.get("sizes", {}).values() for page in facts["pages"].values()]
    yield _row(
        "largest page, KB",
        "<= 15",
        max((page["brotli"] / 1000 for page in pages), default=None),
        lambda n: n <= 15,
    )


def _growth(result: dict[str, Any]) -> Iterator[Row]:
    sizes = sorted(result.get("sizes", {}), key=int)
    if len(sizes) < 2:
        return
    least, most = sizes[0], sizes[-1]
    for name, page in result["sizes"][most]["pages"].items():
        ratio = page["page"]["p50_ms"] / result["sizes"][least]["pages"][name]["page"]["p50_ms"]
        yield _row(f"p50 at {most} to {least}, {name}", "<= 1.15", round(ratio, 2), lambda n: n <= 1.15)


def _day(day: dict[str, Any]) -> Iterator[Row]:
    for students, facts in day.get("sizes", {}).items():
        load, over = facts["load"], facts["overload"]
        at = f"{day['per_second']:g} a second for {day['seconds']:g} s, {students}"
        failed = sum(
            n for status, n in load["all"]["statuses"].items() if status not in ("200", "302", "303")
        )
        yield _row(f"{at}: p95 ms", "<= 400", load["all"]["p95_ms"], lambda n: n <= 400)
        yield _row(f"{at}: not answered well", "0", failed, lambda n: n == 0, f" of {load['asked']}")
        share = over["good_per_second"] / load["good_per_second"]
        yield _row(f"three times that, {students}: good-put", ">= 0.8", round(share, 2), lambda n: n >= 0.8)
        yield _row(
            f"three times that, {students}: refused, p95 ms",
            "<= 50",
            over["all"]["refused_p95_ms"],
            lambda n: n <= 50,
        )
        first, most, last = load["memory_mb"]
        yield _row(
            f"web process under load, {students}, MB",
            "<= 180",
            most,
            lambda n: n <= 180,
            f"; {first:g} at first, {last:g} at last",
        )


def _lighthouse(lighthouse: dict[str, Any]) -> Iterator[Row]:
    for name, page in lighthouse.items():
        scores = f"{page['performance']:g} / {page['accessibility']:g} / {page['best-practices']:g}"
        fits = page["performance"] >= 98 and page["accessibility"] == page["best-practices"] == 100
        yield f"Lighthouse, {name}", "98/100/100", scores, fits
    yield _row(
        "cold family home, KB", "<= 70", lighthouse.get("F1 family home", {}).get("kb"), lambda n: n <= 70
    )


def _feeds(result: dict[str, Any], full: dict[str, Any]) -> Iterator[Row]:
    loads = {size: facts["import"] for size, facts in result.get("sizes", {}).items() if "import" in facts}
    for size, load in (loads | ({str(full["students"]): full} if full else {})).items():
        yield _row(
            f"import to plain COPY, {size}",
            ">= 0.25",
            round(load["ratio_to_copy"], 2),
            lambda n: n >= 0.25,
            f"; {load['rows_per_second']:,.0f} rows a second",
        )
        yield _row(
            f"one row in a hundred to the whole, {size}",
            "<= 0.03",
            round(load["share_of_changes"], 3),
            lambda n: n <= 0.03,
        )
        yield _row(
            f"memory of an import, {size}, MB", "<= 500", round(load["peak_memory_mb"]), lambda n: n <= 500
        )
    for size, facts in result.get("sizes", {}).items():
        if "readers" in facts:
            yield _row(
                f"a reader while it runs, {size}",
                "<= 2",
                round(facts["readers"]["ratio"], 2),
                lambda n: n <= 2,
            )
    yield _row(
        "outbox, changes a second", ">= 200", result.get("outbox", {}).get("per_second"), lambda n: n >= 200
    )


def _school(result: dict[str, Any]) -> Iterator[Row]:
    for each in result.get("search", []):
        slowest = max(value for key, value in each.items() if key.endswith("_p95_ms"))
        yield _row(f"search in the database, {each['students']}, p95 ms", "<= 20", slowest, lambda n: n <= 20)
        yield _row(
            f"the district's dashboard, {each['students']}, ms",
            "<= 300",
            each["dashboard_ms"],
            lambda n: n <= 300,
        )
    letters = result.get("letters", {})
    yield _row("1,000 letters, s", "<= 300", letters.get("seconds"), lambda n: n <= 300)
    yield _row("1,000 letters, MB", "<= 400", letters.get("worker_mb"), lambda n: n <= 400)
    yield _row(
        "a report card on paper, ms of CPU",
        "<= 300",
        result.get("paper", {}).get("cpu_ms"),
        lambda n: n <= 300,
    )


if __name__ == "__main__":
    main()
