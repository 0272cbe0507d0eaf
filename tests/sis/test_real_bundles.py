"""Bundles of other makers that lie beside the clone, where they do; the same cases stand in the generated corpus."""

from pathlib import Path

import pytest

from portal.family.models import Guardianship
from portal.sis.models import Run
from portal.students.models import Employee, Enrollment, SchoolClass, Student
from tests.sis.small import changes, repairs, take

BUNDLES = Path(__file__).parents[3] / "shared" / "data" / "oneroster"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.bundles,
    pytest.mark.skipif(not BUNDLES.is_dir(), reason="the folder ../shared/data is not there"),
]


def test_a_roster_vendors_bundle_goes_in_and_changes_nothing_the_second_time():
    first, second = (take(BUNDLES / "classlink-style-1.1") for _day in range(2))
    assert (first.verdict, second.verdict, changes(second)) == (Run.Verdict.APPLIED, Run.Verdict.APPLIED, {})
    assert ("users.csv", "", "long_row", 2) in repairs(first)
    counts = [model.objects.count() for model in (Student, Employee, SchoolClass, Enrollment, Guardianship)]
    assert counts == [8, 2, 2, 20, 0]


def test_a_course_sites_bundle_of_changes_goes_in_and_changes_nothing_the_second_time():
    first, second = (take(BUNDLES / "moodle-1.2") for _day in range(2))
    assert (first.verdict, second.verdict, changes(second)) == (Run.Verdict.APPLIED, Run.Verdict.APPLIED, {})
    student = Student.objects.select_related("school").get()
    assert (student.name, student.school.name, student.enrollments.count()) == (
        "Bruce Wayne",
        "Gotham High School",
        1,
    )


def test_school_data_sync_is_refused_by_its_name():
    report = take(BUNDLES / "sds-2.1")
    assert report.verdict == Run.Verdict.REFUSED
    assert "School Data Sync" in report.reason
