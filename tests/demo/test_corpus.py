"""The broken bundles are broken as they say, and no further."""

import csv
import io
import zipfile
from pathlib import Path
from typing import get_args

import pytest

from portal.demo.district.corpus import VARIANTS, Verdict


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def rows(path: Path, name: str) -> list[list[str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", VARIANTS)
def test_each_variant_writes_one_bundle_and_says_what_is_wrong_and_what_ought_to_come_of_it(
    tmp_path: Path, name: str
):
    variant = VARIANTS[name]
    path = variant.write(tmp_path / "new" / name)
    assert path.exists()
    assert path.stem == name
    assert variant.wrong.endswith(".") or variant.wrong.endswith("?")
    assert variant.verdict in get_args(Verdict)
    assert variant.after is None or VARIANTS[variant.after].verdict == "applied"
    assert path.stat().st_size < 1_000_000
    assert name != "gigabyte_line" or sum(file.stat().st_blocks for file in path.iterdir()) * 512 < 1_000_000


UNREADABLE = {"good_folder", "gigabyte_line", "not_a_zip", "cut_zip", "damaged_zip", "encrypted_zip"}


@pytest.mark.parametrize("name", sorted(VARIANTS.keys() - UNREADABLE))
def test_a_variant_is_the_same_each_time(tmp_path: Path, name: str):
    contents = []
    for folder in ("one", "two"):
        with zipfile.ZipFile(VARIANTS[name].write(tmp_path / folder)) as archive:
            contents.append([(entry.filename, entry.CRC) for entry in archive.infolist()])
    assert contents[0] == contents[1]


def test_the_archive_variants_are_what_they_claim(tmp_path: Path):
    path = {name: variant.write(tmp_path / name) for name, variant in VARIANTS.items()}
    with zipfile.ZipFile(path["bomb"]) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    with zipfile.ZipFile(path["encrypted_zip"]) as archive:
        encrypted = {entry.flag_bits & 1 for entry in archive.infolist()}
    with zipfile.ZipFile(path["linked_zip"]) as archive:
        link = archive.getinfo("orgs.csv").external_attr >> 28
    with zipfile.ZipFile(path["damaged_zip"]) as archive:
        damaged = archive.testzip()
    assert unpacked > 190_000_000
    assert path["bomb"].stat().st_size < unpacked / 300
    assert encrypted == {1}
    assert link == 0o12
    assert damaged == "orgs.csv"
    assert not zipfile.is_zipfile(path["not_a_zip"])
    assert not zipfile.is_zipfile(path["cut_zip"])
    assert "../outside.csv" in names(path["climbing_zip"])
    assert "/tmp/outside.csv" in names(path["absolute_zip"])
    assert names(path["nested_zip"]) == ["bundle.zip"]
    assert names(path["twice_in_zip"]).count("orgs.csv") == 2


def test_bad_rows_are_fewer_than_one_in_a_hundred_of_the_bundle(tmp_path: Path):
    good = VARIANTS["good"].write(tmp_path)
    size = sum(len(rows(good, name)) - 1 for name in names(good))
    assert size > 300
    for name, variant in VARIANTS.items():
        if variant.verdict != "applied with quarantine" or variant.after:
            continue
        path = variant.write(tmp_path)
        different = sum(
            sum(one != other for one, other in zip(rows(good, file), rows(path, file), strict=False))
            + abs(len(rows(good, file)) - len(rows(path, file)))
            for file in names(good)
            if name != "nul_byte" or file != "users.csv"
        )
        assert different < size / 100
        assert different or name == "nul_byte"


def test_the_delta_carries_one_row_a_file_and_passwords_to_throw_away(tmp_path: Path):
    path = VARIANTS["delta_one_row_each"].write(tmp_path)
    tables = {name: rows(path, name) for name in names(path) if name != "manifest.csv"}
    assert {len(table) for table in tables.values()} == {2}
    assert {len(row) - len(table[0]) for table in tables.values() for row in table} == {0}
    assert {name for name, table in tables.items() if any("Never-keep" in cell for cell in table[1])} == {
        "users.csv",
        "userProfiles.csv",
    }


def test_the_vendor_style_bundle_has_two_users_one_cell_too_long(tmp_path: Path):
    head, *people = rows(VARIANTS["vendor_style_1_1"].write(tmp_path), "users.csv")
    assert [len(row) - len(head) for row in people] == [0, 1, 0, 1]


def test_the_held_companion_bundles_lose_more_than_a_tenth_and_keep_the_court_order(tmp_path: Path):
    before, *lost = (
        rows(VARIANTS[name].write(tmp_path), "guardianships.csv")
        for name in ("good_companion", "lost_guardianships", "revocation_in_a_held_bundle")
    )
    assert [len(table) / len(before) < 0.9 for table in lost] == [True, True]
    assert [row[6:8] for row in lost[1] if row[0] == "cast-ana.cast-luis"] == [["full", "noRecords"]]
