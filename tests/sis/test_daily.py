"""What cannot be is put aside with its reason, in the files of meals, bus, library, devices and documents."""

from decimal import Decimal

import pytest

from portal.sections.bus.models import Ride
from portal.sections.meals.models import Account, Dish
from tests.sis.small import asides, companion, repairs, row, take_companion, take_roster

pytestmark = pytest.mark.django_db

RIDE = {
    "studentSourcedId": "ana", "schoolSourcedId": "oak", "direction": "toSchool", "routeName": "3142", "vehicleLabel": "",
    "stopName": "Soto St & 4th St", "stopLat": "", "stopLon": "", "scheduledTime": "06:52", "days": "mon,tue,wed",
    "beginDate": "", "endDate": "",
}  # fmt: skip
ACCOUNT = {
    "studentSourcedId": "ana", "balance": "12.50", "currency": "USD", "asOf": "2026-09-14T16:05:00.000Z", "lowBalance": "",
}  # fmt: skip
GRANTED = {
    "studentSourcedId": "ana", "schoolYear": "2027", "benefit": "free", "basis": "application", "beginDate": "2026-08-13",
    "endDate": "2027-06-30", "applicantSourcedId": "marisol",
}  # fmt: skip
DISH = {
    "schoolSourcedId": "oak", "date": "2026-09-14", "meal": "lunch", "title": "Pizza", "allergens": "milk, wheat",
    "diets": "", "carbs": "44",
}  # fmt: skip
NOTICE = {
    "routeName": "3142",
    "date": "2026-09-14",
    "direction": "",
    "state": "delayed",
    "minutes": "12",
    "text": "",
}
LOAN = {
    "studentSourcedId": "ana", "title": "Persepolis", "author": "", "borrowedOn": "2026-09-01", "dueDate": "2026-09-22",
    "returnedOn": "", "renewable": "",
}  # fmt: skip
CARD = {"studentSourcedId": "ana", "library": "City", "state": "issued", "lastDigits": "0412"}
DEVICE = {
    "studentSourcedId": "ana", "device": "laptop", "reason": "none", "state": "issued", "requestedOn": "2026-09-01",
    "place": "", "issuedOn": "2026-09-05", "dueBackOn": "", "note": "",
}  # fmt: skip
ASKED = {
    "studentSourcedId": "ana", "kind": "medicalForm", "title": "", "askedOn": "2026-09-01", "dueDate": "2026-09-20",
    "state": "open",
}  # fmt: skip
SENT = {
    "studentSourcedId": "ana", "kind": "medicalForm", "fileName": "a.jpg", "sentOn": "2026-09-01", "state": "received",
    "reason": "",
}  # fmt: skip
PAPER = {
    "studentSourcedId": "ana", "title": "Letter", "kind": "letter", "language": "en", "fileName": "a.pdf",
    "sha256": "0" * 64, "publishedAt": "2026-09-14T16:05:00.000Z", "expiresAt": "", "requiresSignature": "",
}  # fmt: skip
FILES = {
    "transportation": RIDE, "mealAccounts": ACCOUNT, "mealEligibility": GRANTED, "schoolMenus": DISH, "busNotices": NOTICE,
    "libraryLoans": LOAN, "libraryCards": CARD, "deviceRequests": DEVICE, "documentRequests": ASKED,
    "sentDocuments": SENT, "documents": PAPER,
}  # fmt: skip


@pytest.fixture(autouse=True)
def there(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path)


def take(tmp_path, **files):
    """The report on a companion with these rows; by file, the cells of each row that differ from the good one."""
    tables = {
        name: [row(f"{name}-{n}", **(FILES[name] | cells)) for n, cells in enumerate(rows)]
        for name, rows in files.items()
    }
    return take_companion(tmp_path, companion() | tables)


def test_a_good_row_of_every_file_goes_in(tmp_path):
    report = take(tmp_path, **{name: [{}] for name in FILES})
    assert (report.verdict, asides(report)) == ("applied", [])
    assert Dish.objects.get().allergens == "milk,wheat"
    again = take(tmp_path, **{name: [{}] for name in FILES})
    assert sum(about.added + about.changed + about.ended for about in again.files.values()) == 0


@pytest.mark.parametrize(
    ("file", "cells", "column", "reason"),
    [
        ("transportation", {"scheduledTime": "25:00"}, "scheduledTime", "bad_time"),
        ("transportation", {"scheduledTime": "6.52"}, "scheduledTime", "bad_time"),
        ("transportation", {"direction": "home"}, "direction", "unknown_code"),
        ("transportation", {"direction": "ext:up"}, "", "unknown_code"),
        ("transportation", {"days": "mon,noday"}, "days", "unknown_code"),
        ("transportation", {"days": "mon,ext:x"}, "", "unknown_code"),
        ("transportation", {"stopLat": "91"}, "", "out_of_range"),
        ("transportation", {"stopLon": "-181"}, "", "out_of_range"),
        ("transportation", {"beginDate": "2026-10-01", "endDate": "2026-09-30"}, "", "ends_before_it_begins"),
        ("mealAccounts", {"balance": "twelve"}, "balance", "bad_number"),
        ("mealAccounts", {"balance": "NaN"}, "balance", "bad_number"),
        ("mealAccounts", {"currency": "EUR"}, "", "unknown_code"),
        ("mealEligibility", {"benefit": "half"}, "benefit", "unknown_code"),
        ("mealEligibility", {"endDate": "2026-08-12"}, "", "ends_before_it_begins"),
        ("mealEligibility", {"schoolYear": "27"}, "", "out_of_range"),
        ("schoolMenus", {"meal": "brunch"}, "meal", "unknown_code"),
        ("schoolMenus", {"allergens": "milk,gluten"}, "allergens", "unknown_code"),
        ("schoolMenus", {"carbs": "501"}, "", "out_of_range"),
        ("busNotices", {"minutes": "601"}, "", "out_of_range"),
        ("busNotices", {"direction": "ext:up"}, "", "unknown_code"),
        ("libraryLoans", {"dueDate": "2026-08-31"}, "", "ends_before_it_begins"),
        ("libraryCards", {"lastDigits": "21234000000412"}, "lastDigits", "too_long"),
        ("deviceRequests", {"issuedOn": "2026-08-31"}, "", "ends_before_it_begins"),
        ("deviceRequests", {"dueBackOn": "2026-08-31"}, "", "ends_before_it_begins"),
        ("documentRequests", {"dueDate": "2026-08-31"}, "", "ends_before_it_begins"),
        ("sentDocuments", {"state": "lost"}, "state", "unknown_code"),
        ("documents", {"sha256": "abc"}, "", "bad_checksum"),
        ("documents", {"fileName": "../a.pdf"}, "", "not_a_pdf"),
        ("documents", {"fileName": "a.exe"}, "", "not_a_pdf"),
    ],
)
def test_what_cannot_be_is_put_aside(tmp_path, file, cells, column, reason):
    assert asides(take(tmp_path, **{file: [cells]})) == [(f"{file}.csv", 2, column, reason)]


def test_two_buses_in_one_direction_at_the_same_time_are_put_aside(tmp_path):
    report = take(
        tmp_path,
        transportation=[{}, {"routeName": "9"}, {"scheduledTime": "07:10"}, {"direction": "fromSchool"}],
    )
    assert asides(report) == [
        ("transportation.csv", 2, "", "same_key"),
        ("transportation.csv", 3, "", "same_key"),
    ]
    assert Ride.rows.for_import().count() == 2


def test_a_new_stop_from_a_later_day_at_the_same_time_is_no_second_bus(tmp_path):
    report = take(
        tmp_path, transportation=[{"endDate": "2026-10-31"}, {"stopName": "New", "beginDate": "2026-11-01"}]
    )
    assert asides(report) == []


def test_a_second_account_of_a_student_is_put_aside_and_the_first_stays_as_it_was(tmp_path):
    take(tmp_path, mealAccounts=[{}])
    report = take(tmp_path, mealAccounts=[{"balance": "x"}, {"balance": "3"}])
    assert [reason for *_where, reason in asides(report)] == ["bad_number", "same_key"]
    assert [account.balance for account in Account.rows.for_import()] == [Decimal("12.50")]


def test_codes_of_a_districts_own_go_in_and_a_short_time_is_read(tmp_path):
    report = take(
        tmp_path,
        transportation=[{"scheduledTime": "6:52"}],
        schoolMenus=[{"meal": "ext:second", "allergens": "milk,ext:gluten"}],
        deviceRequests=[{"device": "ext:desk"}],
    )
    assert asides(report) == []
    assert not repairs(report)
