"""What the sections kept with care have in common: who is kept out, what a file may not say, and how often is asked."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from portal.access import gate
from portal.access.models import Post
from portal.family.models import Guardianship
from portal.record.contents import section
from portal.record.models import Event
from portal.sections.discipline.models import Action
from portal.sections.special_education.models import Accommodation, Service
from tests.sections import care_rows as rows
from tests.sections.care_rows import MONDAY
from tests.sis.small import asides, right, row, take_companion, take_roster

SENSITIVE = ("discipline", "english-learner", "immunizations", "special-education")
KEYS = (*SENSITIVE, "gate")


@pytest.mark.parametrize("key", SENSITIVE)
def test_a_guardian_with_limited_rights_does_not_find_it(family, admit, visit, key):
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(educational_rights="limited")
    with pytest.raises(gate.NotOpen):
        admit(family.mother, family.ana, section(key))
    home = visit(family.mother).get(f"/students/{family.ana.ref}/").content.decode()
    assert str(section(key).title) not in home
    assert admit(family.mother, family.ana, section("gate"))


@pytest.mark.parametrize("key", SENSITIVE)
@pytest.mark.parametrize(
    ("role", "granted", "opens"),
    [
        ("office_manager", False, False),
        ("office_manager", True, True),
        ("counselor", False, False),
        ("principal", False, True),
        ("assistant_principal", False, True),
        ("region_family_office", False, False),
        ("auditor", True, False),
    ],
)
def test_staff_open_it_only_when_their_role_or_post_is_granted_it(family, admit, key, role, granted, opens):
    Post.objects.filter(person=family.ms_reed).update(role=role, sees_sensitive=granted)
    if opens:
        assert admit(family.ms_reed, family.ana, section(key)).why == "staff_granted_sensitive_records"
    else:
        with pytest.raises(gate.NotHere):
            admit(family.ms_reed, family.ana, section(key))


def everything(family, years: range) -> None:
    """Everything that can happen, once in each of these years back from 2026."""
    for back in years:
        day = date(2026 - back, 9, 1)
        incident = rows.an_incident(family.ana, day)
        rows.an_action(incident, "conference", day)
        rows.an_action(incident, "outOfSchoolSuspension", day, days=Decimal(1))
        rows.a_status(family.ana, "EL", day)
        rows.a_score(family.ana, "1500", day, grade="05")
        rows.a_step(family.ana, "intellectual", "referred", day)
        plan = rows.a_plan(family.ana, "iep", "active" if not back else f"ext:{back}", begins=day)
        for service in ("330", "415", "450"):
            rows.a_service(plan, service, minutes=30, per="week")
        rows.a_help(plan, "Tests", f"{back}")
        rows.doses(family.ana, **{f"ext:{back}": [day], "MMR" if back else "DTaP": [day] if back < 2 else []})


@pytest.mark.parametrize("key", KEYS)
def test_a_section_asks_as_often_for_twelve_years_as_for_one(on, admit, key):
    family = on(MONDAY)
    grant = admit(family.mother, family.ana, section(key))

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            section(key).read(grant)
        return len(captured)

    everything(family, range(1))
    one = asked()
    everything(family, range(1, 12))
    assert asked() == one <= 8


@pytest.mark.parametrize("key", KEYS)
def test_classic_mode_shows_the_same_in_ten_kilobytes(on, visit, key):
    family = on(MONDAY)
    rows.an_action(rows.an_incident(family.ana, MONDAY), "conference")
    rows.a_status(family.ana, "EL", date(2024, 8, 15))
    rows.a_step(family.ana, "intellectual", "eligible", MONDAY)
    rows.a_service(rows.a_plan(family.ana, begins=date(2025, 2, 11)), "330", minutes=30, per="week")
    rows.doses(family.ana, DTaP=[date(2013, month, 1) for month in range(1, 6)], MMR=[date(2014, 1, 1)])
    family.mother.classic = True
    family.mother.save()
    page = visit(family.mother).get(f"/students/{family.ana.ref}/{key}/").content
    assert len(page) <= 10_000
    assert b"<svg" not in page


# --- Files --------------------------------------------------------------------------------------------------------


def files(**tables: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    return {"guardianships": [right("ana", "marisol")], **tables}


def incident(sourced_id: str = "i-1", student: str = "ana", **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": student, "schoolSourcedId": "oak", "incidentDate": "2026-09-14",
        "behaviorCode": "schoolViolation", "behaviorText": "A rule",
    }  # fmt: skip
    return row(sourced_id, **(cells | more))


def action(sourced_id: str = "a-1", student: str = "ana", of: str = "i-1", **more: str) -> dict[str, str]:
    cells = {
        "incidentSourcedId": of, "studentSourcedId": student, "action": "outOfSchoolSuspension", "beginDate": "",
        "endDate": "", "days": "1", "noticeSentAt": "2026-09-15T16:00:00.000Z",
    }  # fmt: skip
    return row(sourced_id, **(cells | more))


def dose(sourced_id: str = "d-1", on: str = "2014-01-01") -> dict[str, str]:
    return row(sourced_id, studentSourcedId="ana", vaccineGroup="MMR", doseDate=on)


def plan(sourced_id: str = "p-1", **more: str) -> dict[str, str]:
    cells = {"studentSourcedId": "ana", "planType": "iep", "state": "active", "beginDate": "2025-02-11"}
    return row(sourced_id, **(cells | {"reviewDue": "2026-02-11", "reevaluationDue": "2028-02-11"} | more))


def service(sourced_id: str = "s-1", of: str = "p-1", **more: str) -> dict[str, str]:
    return row(
        sourced_id, **({"planSourcedId": of, "service": "330", "minutes": "300", "per": "week"} | more)
    )


def status(**more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": "ana",
        "elStatus": "EL",
        "statusDate": "2024-08-15",
        "yearsAsEl": "2",
        "monitorYear": "",
    }
    return row("e-1", **(cells | more))


TOMORROW = str(localdate() + timedelta(days=1))


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        ({"disciplineIncidents": [incident()]}, {"disciplineIncidents": [incident(incidentDate=TOMORROW)]}, "in_the_future"),
        ({"disciplineActions": [action()]}, {"disciplineActions": [action(days="-1")]}, "out_of_range"),
        ({"disciplineActions": [action()]}, {"disciplineActions": [action(days="5.5")]}, "out_of_range"),
        ({"disciplineActions": [action()]}, {"disciplineActions": [action(days="0")]}, "out_of_range"),
        ({"disciplineActions": [action()]}, {"disciplineActions": [action(student="ben")]}, "another_student"),
        ({"disciplineActions": [action()]}, {"disciplineActions": [action(beginDate="2026-09-13")]}, "before_the_incident"),
        (
            {"disciplineActions": [action()]},
            {"disciplineActions": [action(beginDate="2026-09-16", endDate="2026-09-15")]},
            "ends_before_it_begins",
        ),
        ({"immunizations": [dose()]}, {"immunizations": [dose(on="2012-03-13")]}, "before_birth"),
        ({"immunizations": [dose()]}, {"immunizations": [dose(on=TOMORROW)]}, "in_the_future"),
        ({"specialEducationPlans": [plan()]}, {"specialEducationPlans": [plan(reviewDue="2025-02-10")]}, "reviewed_before_it_began"),
        (
            {"specialEducationPlans": [plan()]},
            {"specialEducationPlans": [plan(reevaluationDue="2025-02-10")]},
            "reviewed_before_it_began",
        ),
        ({"englishLearner": [status()]}, {"englishLearner": [status(yearsAsEl="99")]}, "out_of_range"),
        ({"englishLearner": [status()]}, {"englishLearner": [status(monitorYear="5")]}, "out_of_range"),
    ],
)  # fmt: skip
def test_an_impossible_value_is_put_aside_and_what_was_there_stays(db, tmp_path, good, bad, reason):
    take_roster(tmp_path)
    base = {"disciplineIncidents": [incident()]} if "disciplineActions" in good else {}
    filler = {name: [dict(each, sourcedId=f"f-{n}") for n in range(200)] for name, (each,) in good.items()}
    first = take_companion(tmp_path, files(**base, **{name: good[name] + filler[name] for name in good}))
    assert asides(first) == []
    report = take_companion(tmp_path, files(**base, **{name: bad[name] + filler[name] for name in bad}))
    assert report.verdict == "applied"
    (name,) = good
    assert [(file, why) for file, _line, _column, why in asides(report)] == [(f"{name}.csv", reason)]
    assert (report.files[f"{name}.csv"].changed, report.files[f"{name}.csv"].ended) == (0, 0)


def test_nobody_is_suspended_for_defiance_alone(db, tmp_path):
    take_roster(tmp_path)
    report = take_companion(
        tmp_path,
        files(
            disciplineIncidents=[
                incident(behaviorCode="ext:48900k"),
                incident("i-2", behaviorCode="ext:48900f"),
            ],
            disciplineActions=[
                action(),
                action("a-2", of="i-2"),
                action("a-3", action="conference", days=""),
            ],
        ),
        mode="delta",
    )
    assert [why for _file, _line, _column, why in asides(report)] == ["not_allowed_for_this"]
    assert set(Action.rows.for_import().values_list("sourced_id", flat=True)) == {"a-2", "a-3"}


def test_an_action_for_an_unknown_incident_waits_and_is_never_seen(db, tmp_path):
    take_roster(tmp_path)
    report = take_companion(
        tmp_path, files(disciplineIncidents=[incident()], disciplineActions=[action(of="i-9")])
    )
    assert report.files["disciplineActions.csv"].waiting == 1
    assert not Action.rows.for_import().exists()


def test_a_service_belongs_to_the_student_of_its_plan(db, tmp_path):
    take_roster(tmp_path)
    report = take_companion(
        tmp_path,
        files(specialEducationPlans=[plan()], specialEducationServices=[service(), service("s-2", of="p-9")]),
    )
    assert report.files["specialEducationServices.csv"].waiting == 1
    found = Service.rows.for_import().values_list("sourced_id", "student__sourced_id", "plan__sourced_id")
    assert list(found) == [("s-1", "ana", "p-1")]


def test_a_sensitive_change_says_only_that_there_is_something(db, tmp_path):
    take_roster(tmp_path)
    today = str(localdate())
    for words in ("first", "second"):
        take_companion(
            tmp_path,
            files(
                disciplineIncidents=[incident(incidentDate=today)],
                disciplineActions=[action(noticeSentAt=f"{today}T08:00:00.000Z")],
                immunizations=[dose(on=today)],
                englishLearner=[status(statusDate=today)],
                specialEducationPlans=[plan(state="active" if words == "first" else "exited")],
            ),
        )
    told = set(Event.rows.for_import().values_list("kind", flat=True))
    assert told == {f"{key}.new" for key in SENSITIVE}
    assert all(each == {} for each in Event.rows.for_import().values_list("words", flat=True))


def test_names_and_texts_in_any_script_come_through_whole(db, tmp_path):
    take_roster(tmp_path)
    text = "Ձեռք 手 " + "یک متن بسیار بلند " * 200
    take_companion(
        tmp_path,
        files(specialEducationPlans=[plan()], accommodations=[row("h", planSourcedId="p-1", text=text)]),
    )
    assert Accommodation.rows.for_import().get().text == text.strip()
