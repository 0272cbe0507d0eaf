"""What one report card on paper costs: processor time and memory of the child process that sets it."""

import json
import os
import statistics
import subprocess
import sys
from typing import Any

from portal.paper import press

ROUNDS = 10
COURSES = 40  # as many as the longest report card has
LIMITS = {"cpu_ms": 300, "mb": 200}
SHEET = {
    "school": "Lincoln High", "name": "Ana Reyes", "about": "پایه 9", "id_label": "شماره", "id": "205731X412",
    "card": "Fall – کارنامه", "posted": "2026", "head": ["درس", "معلم", "نمره", "معنی"], "credits": "",
    "facts": [["روزهای غیبت", "3 از 41"], ["معدل", "3.20"]], "key_label": "معنی نمره‌ها", "key": [["E", "عالی"], ["S", "خوب"]],
    "courses": [
        {"title": f"Algebra {n}", "teacher": "Rafael Ortiz", "credits": "", "marks": [["B", "نمره"], ["E", "عالی"]]}
        for n in range(COURSES)
    ],
    "comments_label": "نوشته معلمان", "comments": [["Algebra 1", "Works with care and helps others. " * 5]],
    "foot": "", "title": "کارنامه", "language": "fa", "rtl": True,
}  # fmt: skip


def measure() -> dict[str, Any]:
    """Medians over the rounds after the first, the start of the child included."""
    wanted = json.dumps([["sections/report_cards/typst/card.typ", {"data": json.dumps(SHEET)}]]).encode()
    found = [_once(wanted) for _round in range(ROUNDS + 1)][1:]
    cpu, memory, size = (statistics.median(values) for values in zip(*found, strict=True))
    return {"cpu_ms": round(cpu * 1000, 1), "mb": round(memory / 1024, 1), "pdf_kb": round(size / 1024, 1)}


def _once(wanted: bytes) -> tuple[float, float, float]:
    child = subprocess.Popen(
        [sys.executable, "-I", press.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(wanted)
    child.stdin.close()
    out = child.stdout.read()
    _pid, _status, used = os.wait4(child.pid, 0)
    assert out[8:12] == b"%PDF"
    return used.ru_utime + used.ru_stime, float(used.ru_maxrss), float(len(out))
