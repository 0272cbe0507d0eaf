"""Writes the files of one bundle row by row, and zips a bundle."""

import csv
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

Row = tuple[object, ...]


class Bundle:
    """The open files of one bundle folder, in place of any CSV files there; used in a `with` block.

    rows: rows written so far, by file name without `.csv`.
    """

    def __init__(
        self, folder: Path, columns: Mapping[str, tuple[str, ...]], manifest: list[tuple[str, str]]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.csv"):  # a file of an earlier bundle would belie the manifest
            old.unlink()
        self.folder = folder
        self.columns = columns
        self.rows = dict.fromkeys(columns, 0)
        with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(manifest)

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._writers = {}
            for name, columns in self.columns.items():
                file = (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
                self._writers[name] = csv.writer(opened.enter_context(file))
                self._writers[name].writerow(columns)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def write(self, name: str, rows: Iterable[Row]) -> None:
        """Append rows of (sourcedId, the file's own columns).

        Last cells may be left out when blank; a version with fewer columns drops them.
        """
        width = len(self.columns[name])
        blank = ("",) * width
        full = [(row[0], "", "", *row[1:], *blank)[:width] for row in rows]
        self._writers[name].writerows(full)
        self.rows[name] += len(full)


def zip_bundle(folder: Path) -> Path:
    """`<folder>.zip` with the files of a bundle folder at its top level; the same files give the same bytes."""
    target = folder.with_name(folder.name + ".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(path.name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as packed:
                while block := source.read(1 << 20):
                    packed.write(block)
    return target
