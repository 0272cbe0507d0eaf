"""A load program of its own: kept-alive connections that ask one server, and tell how it went.

Usage: python -m bench.load PORT METHOD PATH HEADERS SECONDS CONNECTIONS [BODY] asks for one page again and again; headers
are a JSON object.
python -m bench.load PLAN asks as the plan says, a JSON file: port, per_second, seconds, seed, connections, and kinds, each
{share, requests}, with requests [method, path, headers, body]. Requests set out at their own time, like visitors who do
not wait for one another; how long one took counts from that time. Both print one JSON object.
"""

import asyncio
import http.client
import json
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 20.0  # seconds until an answer counts as none


def main() -> None:
    if len(sys.argv) == 2:
        print(json.dumps(asyncio.run(mixed(json.loads(Path(sys.argv[1]).read_text())))))
        return
    port, method, path, told, seconds, connections, *body = sys.argv[1:]
    headers = json.loads(told) | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
    until = time.perf_counter() + float(seconds)
    times: list[float] = []
    failed: list[int] = []
    threads = [
        threading.Thread(target=_ask, args=(int(port), method, path, headers, body[0] if body else None, until, times, failed))
        for _ in range(int(connections))
    ]  # fmt: skip
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    times.sort()
    print(
        json.dumps(
            {
                "requests": len(times),
                "failed": len(failed),
                "per_second": len(times) / took,
                "p50_ms": 1000 * times[len(times) // 2],
                "p95_ms": 1000 * times[int(len(times) * 0.95)],
            }
        )
    )


def _ask(
    port: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: str | None,
    until: float,
    times: list[float],
    failed: list[int],
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status >= 400:
            failed.append(answer.status)
    connection.close()


@dataclass
class Found:
    """What became of one kind of request."""

    times: list[float] = field(default_factory=list)  # seconds, of good answers
    refused: list[float] = field(default_factory=list)  # seconds, of 503
    statuses: Counter[str] = field(default_factory=Counter)
    bytes: int = 0  # on the wire, good answers with their headers

    @property
    def facts(self) -> dict[str, Any]:
        good, refused = sorted(self.times), sorted(self.refused)
        return {
            "good": len(good),
            "refused": len(refused),
            "statuses": dict(self.statuses),
            **{f"p{n}_ms": _at(good, n) for n in (50, 95, 99)},
            "refused_p50_ms": _at(refused, 50),
            "refused_p95_ms": _at(refused, 95),
            "bytes": round(self.bytes / len(good)) if good else None,
        }


def _at(times: list[float], percent: int) -> float | None:
    return round(1000 * times[min(len(times) - 1, len(times) * percent // 100)], 2) if times else None


async def mixed(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan carried out; figures of each kind and of all together."""
    rng = random.Random(plan["seed"])
    kinds, shares = zip(*((name, kind["share"]) for name, kind in plan["kinds"].items()), strict=True)
    found: dict[str, Found] = defaultdict(Found)
    free: asyncio.LifoQueue[_Line] = asyncio.LifoQueue()
    for _n in range(plan["connections"]):
        free.put_nowait(_Line(plan["port"]))
    asked, began, at = [], time.perf_counter(), 0.0
    while at < plan["seconds"]:
        at += rng.expovariate(plan["per_second"])
        wait = began + at - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        kind = rng.choices(kinds, shares)[0]
        request = rng.choice(plan["kinds"][kind]["requests"])
        asked.append(asyncio.create_task(_one(free, request, began + at, found[kind])))
    await asyncio.gather(*asked)
    took = time.perf_counter() - began
    everything = Found()
    for each in found.values():
        everything.times += each.times
        everything.refused += each.refused
        everything.statuses += each.statuses
        everything.bytes += each.bytes
    return {
        "asked": len(asked),
        "seconds": round(took, 2),
        "good_per_second": round(len(everything.times) / took, 2),
        "all": everything.facts,
        "kinds": {kind: found[kind].facts for kind in kinds},
    }


async def _one(free: "asyncio.LifoQueue[_Line]", request: list[Any], began: float, found: Found) -> None:
    line = await free.get()
    try:
        status, size = await asyncio.wait_for(line.ask(*request), PATIENCE)
    except (TimeoutError, OSError, EOFError, ValueError) as failure:
        line.hang_up()
        found.statuses[type(failure).__name__] += 1
        return
    finally:
        free.put_nowait(line)
    took = time.perf_counter() - began
    found.statuses[str(status)] += 1
    if status < 400:
        found.times.append(took)
        found.bytes += size
    elif status == 503:
        found.refused.append(took)


class _Line:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, int]:
        """Status and bytes of the answer. A line that the server closed while nobody asked is opened anew, as browsers do."""
        if self._open is not None:
            try:
                return await self._ask(method, path, headers, body)
            except asyncio.IncompleteReadError as end:
                if end.partial:
                    raise
                self.hang_up()
        return await self._ask(method, path, headers, body)

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, int]:
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._open
        told = {"Host": "127.0.0.1", "Accept-Encoding": "gzip", **headers}
        if body:
            told |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        said = {
            name.lower(): value.strip() for name, _colon, value in (each.partition(":") for each in fields)
        }
        size = len(head)
        if said.get("transfer-encoding") == "chunked":
            while length := int((await reader.readline()).strip(), 16):
                size += len(await reader.readexactly(length + 2))
            await reader.readexactly(2)
        elif length := int(said.get("content-length", 0)):
            size += len(await reader.readexactly(length))
        if said.get("connection") == "close":
            self.hang_up()
        return int(first.split()[1]), size

    def hang_up(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


if __name__ == "__main__":
    main()
