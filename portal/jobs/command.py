"""`portal jobs`: the queue, the daily jobs and the parked ones, for whoever runs the portal."""

import dataclasses
import json
from typing import Any

from portal.jobs import queue

WELL, LOOK = 0, 1  # exit statuses


def show(*, as_json: bool, retry: int | None, further: dict[str, Any]) -> int:
    """Prints the state of the queue; exit status 1 when a person should look.

    retry: number of a parked job to put back first. further: lines of other rooms, like what waits for the school's
    system.
    """
    if retry is not None and not queue.retry(retry):
        print(f"There is no parked job {retry}.")
        return LOOK
    state = queue.state()
    if as_json:
        print(json.dumps({**dataclasses.asdict(state), "well": state.well, **further}, default=str, indent=1))
        return WELL if state.well else LOOK
    print(f"{'task':<44}{'waiting':>9}{'running':>9}{'parked':>8}  overdue since")
    for line in state.lines:
        since = f"{line.overdue_since:%Y-%m-%d %H:%M}" if line.overdue_since else ""
        print(f"{line.task:<44}{line.waiting:>9}{line.running:>9}{line.parked:>8}  {since}")
    print(f"\n{'daily job':<44}{'day':>11}{'tries':>7}  done at")
    for each in state.daily:
        done = f"{each.ended_at:%Y-%m-%d %H:%M}" if each.ended_at else "not yet"
        print(f"{each.name:<44}{each.on:>11}{each.tries:>7}  {done}")
    for job in state.parked:
        print(
            f"\nparked: job {job.id}, {job.task}, {job.tries} tries; put back with `portal jobs --retry {job.id}`"
        )
    for name, value in further.items():
        print(f"{name}: {value}")
    print(f"\n{state.workers} workers at work. {'All is well.' if state.well else 'A person should look.'}")
    return WELL if state.well else LOOK
