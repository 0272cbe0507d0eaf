"""A load program of its own: a few kept-alive connections asking for one page again and again.

Usage: python -m bench.load PORT METHOD PATH COOKIE SECONDS CONNECTIONS [BODY]; prints one JSON object.
"""

import http.client
import json
import sys
import threading
import time


def main() -> None:
    port, method, path, cookie, seconds, connections, *body = sys.argv[1:]
    until = time.perf_counter() + float(seconds)
    times: list[float] = []
    failed: list[int] = []
    threads = [
        threading.Thread(target=_ask, args=(int(port), method, path, cookie, body[0] if body else None, until, times, failed))
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
    cookie: str,
    body: str | None,
    until: float,
    times: list[float],
    failed: list[int],
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": cookie}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status >= 400:
            failed.append(answer.status)
    connection.close()


if __name__ == "__main__":
    main()
