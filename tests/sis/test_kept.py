"""What the registrar's desk keeps, no feed overwrites; what a feed takes away counts at once all the same."""

from datetime import date

import pytest
from django.utils.timezone import now

from portal.family.models import DESK_SOURCE, ContactPoint, Guardian, Guardianship
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.students.models import Student
from tests.sis import small
from tests.sis.small import right, row, take_companion, take_roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(tmp_path) -> Guardianship:
    """Marisol's rights to Ana, limited at the desk until June; the feed had given full ones."""
    take_roster(tmp_path, small.roster())
    take_companion(tmp_path, small.companion())
    Guardianship.objects.update(
        educational_rights="limited", relationship="parent", ends=date(2027, 6, 4), kept_at=now()
    )
    return Guardianship.objects.get()


def told(tmp_path, **cells: str) -> Guardianship:
    """What stands there after the feed says this of the same adult."""
    report = take_companion(tmp_path, {"guardianships": [right("ana", "marisol", **cells)]})
    assert report.verdict in ("applied", "held")
    return Guardianship.objects.get(source="sis")


def test_a_feed_does_not_widen_nor_rename_what_the_desk_keeps(tmp_path, kept):
    found = told(tmp_path, endDate="2028-06-04")
    assert (found.educational_rights, found.relationship, found.ends) == (
        "limited",
        "parent",
        date(2027, 6, 4),
    )


def test_what_two_people_gave_outlasts_the_feeds_old_word_and_ends_with_a_new_one(tmp_path, kept):
    old = {"educational_rights": "limited", "access_restriction": "none", "begins": None, "ends": None}
    Guardianship.objects.update(educational_rights="full", ends=None, said=old)
    said = [
        told(tmp_path, educationalRights=word).educational_rights for word in ("limited", "full", "limited")
    ]
    assert said == ["full", "full", "limited"]
    assert told(tmp_path, educationalRights="none").educational_rights == "none"


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"educationalRights": "none"}, "educational_rights", "none"),
        ({"accessRestriction": "noRecords"}, "access_restriction", "noRecords"),
        ({"endDate": "2026-12-01"}, "ends", date(2026, 12, 1)),
        ({"beginDate": "2026-09-01"}, "begins", date(2026, 9, 1)),
    ],
)
def test_what_a_feed_takes_away_counts_at_the_desk_at_once(tmp_path, kept, cells, column, value):
    found = told(tmp_path, **cells)
    assert getattr(found, column) == value
    assert found.relationship == "parent"


def test_a_feed_that_no_longer_lists_the_adult_ends_the_right(tmp_path, kept):
    take_companion(tmp_path, {"guardianships": [right("ana", "marisol") | {"sourcedId": "another"}]})
    kept.refresh_from_db()
    assert not kept.active


def test_an_adult_the_desk_took_off_does_not_come_back_by_feed(tmp_path, kept):
    Guardianship.objects.update(active=False)
    assert not told(tmp_path).active


def test_court_orders_stay_whatever_a_feed_says(tmp_path, kept):
    Guardianship.objects.update(closed_from=date(2026, 9, 1), kept_at=None)
    found = told(tmp_path)
    assert (found.educational_rights, found.closed_from) == ("full", date(2026, 9, 1))


@pytest.mark.parametrize(("cells", "rights", "active"), [
    ({"accessRestriction": "noContact"}, "full", True), ({"educationalRights": "none"}, "none", True), ({}, "full", True),
])  # fmt: skip
def test_an_adult_listed_at_the_desk_is_narrowed_by_the_feed_that_lists_them_too(
    tmp_path, cells, rights, active
):
    take_roster(tmp_path, small.roster())
    own = Guardianship.objects.create(
        source=DESK_SOURCE, sourced_id="d1", run_id=0, student=Student.objects.get(sourced_id="ana"),
        guardian=Guardian.objects.get(sourced_id="marisol"), relationship="mother", educational_rights="full", kept_at=now(),
    )  # fmt: skip
    told(tmp_path, **cells)
    own.refresh_from_db()
    assert (own.educational_rights, own.access_restriction, own.active) == (
        rights, cells.get("accessRestriction", "none"), active,
    )  # fmt: skip


def contact(**cells: str) -> dict[str, str]:
    said = {"studentSourcedId": "ana", "priority": "1", "givenName": "Sam", "familyName": "Lee", "relationship": "neighbor",
            "phone": "213-555-0141", "mayPickUp": "true"}  # fmt: skip
    return row("c-1", **(said | cells))


def test_contacts_the_desk_keeps_stay_in_its_order_and_lose_only_pick_up(tmp_path):
    take_roster(tmp_path, small.roster())
    take_companion(tmp_path, {"emergencyContacts": [contact()]})
    EmergencyContact.rows.for_import().update(priority=4, kept_at=now())
    take_companion(
        tmp_path, {"emergencyContacts": [contact(priority="2", mayPickUp="false", phone="213-555-0199")]}
    )
    found = EmergencyContact.rows.for_import().get()
    assert (found.priority, found.may_pick_up, found.phone[-4:], found.active) == (4, False, "0141", True)
    take_companion(tmp_path, {"emergencyContacts": [contact() | {"sourcedId": "c-2"}]})
    found.refresh_from_db()
    assert found.active


def home(**cells: str) -> dict[str, str]:
    said = {"userSourcedId": "marisol", "kind": "homeAddress", "value": "402 Juniper Row", "line2": "", "city": "Lomita",
            "state": "CA", "postalCode": "90717", "isPrimary": "true", "doNotPublish": "false"}  # fmt: skip
    return row("p-1", **(said | cells))


def test_an_address_the_desk_hid_stays_hidden_where_the_sis_moves_it(tmp_path, settings):
    take_roster(tmp_path, small.roster())
    take_companion(tmp_path, {"contactPoints": [home()]})
    ContactPoint.objects.update(do_not_publish=True, kept_at=now())
    take_companion(tmp_path, {"contactPoints": [home(value="9 Old Mill Ct")]})
    assert list(ContactPoint.objects.values_list("value", "do_not_publish")) == [("9 Old Mill Ct", True)]
    take_companion(tmp_path, {"contactPoints": [home(), home(value="1 New St") | {"sourcedId": "p-2"}]})
    assert set(ContactPoint.objects.filter(active=True).values_list("do_not_publish", flat=True)) == {True}


def test_no_feed_speaks_in_the_desks_name(tmp_path):
    assert small.take(small.write(tmp_path / "roster", small.roster()), DESK_SOURCE).verdict == "refused"
