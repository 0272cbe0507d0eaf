"""The made-up district: its bundles are whole, invented, the same each time, and carry the cast."""

import csv
import filecmp
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal.demo import district
from portal.demo.district import Version, cast, companion, generate, oneroster, population, zip_bundle
from portal.demo.district.__main__ import main
from portal.demo.district.names import SHAPES
from portal.demo.district.year import school_year

AUTUMN = date(2026, 10, 14)
SPRING = date(2027, 4, 7)
SUMMER = date(2026, 7, 1)

Table = list[dict[str, str]]


def read(folder: Path) -> dict[str, Table]:
    """Every file of a generated district by name, each row as column: cell; a row of the wrong width fails."""
    tables: dict[str, Table] = {}
    for path in sorted(folder.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
            tables.setdefault(path.stem, [dict(zip(header, row, strict=True)) for row in rows])
    return tables


@pytest.fixture(scope="module", params=["1.1", "1.2"])
def version(request: pytest.FixtureRequest) -> Version:
    return request.param


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, version: Version) -> Path:
    folder = tmp_path_factory.mktemp("autumn")
    generate(folder, 300, 1, AUTUMN, version)
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, Table]:
    return read(folder)


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    folder = tmp_path_factory.mktemp("spring")
    generate(folder, 300, 2, SPRING)
    return read(folder)


# --- What is in a bundle --------------------------------------------------------------------------------------


def test_each_file_has_the_columns_of_its_standard_in_their_order(folder: Path, version: Version):
    headers = {
        path.stem: path.open(encoding="utf-8").readline().strip()
        for path in folder.glob("*/*.csv")
        if path.stem != "manifest"
    }
    head = "sourcedId,status,dateLastModified,"
    users = {
        "1.1": "enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
        "agentSourcedIds,grades,password",
        "1.2": "enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,"
        "password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
    }
    session = {"1.1": "gradingPeriodSourcedId", "1.2": "academicSessionSourcedId"}[version]
    newer = version == "1.2"
    expected = {
        "orgs": "name,type,identifier,parentSourcedId",
        "academicSessions": "title,type,startDate,endDate,parentSourcedId,schoolYear",
        "courses": "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
        "classes": "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,"
        "subjectCodes,periods",
        "users": users[version],
        "demographics": "birthDate",
        "enrollments": "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
        "categories": "title" + ",weight" * newer,
        "lineItems": "title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"
        f"{session},resultValueMin,resultValueMax" + ",schoolSourcedId" * newer,
        "results": "lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment"
        + ",textScore,classSourcedId,inProgress,incomplete,late,missing" * newer,
        "guardianships": "studentSourcedId,guardianSourcedId,relationship,educationalRights,accessRestriction,legalGuardian,"
        "livesWith,receivesMail,mayPickUp,interpreterNeeded,contactPriority,language,basisDocument,beginDate,endDate",
        "contactPoints": "userSourcedId,kind,value,line2,city,state,postalCode,isPrimary,doNotPublish",
        "emergencyContacts": "studentSourcedId,priority,givenName,familyName,relationship,phone,phoneType,altPhone,email,"
        "language,mayPickUp,guardianSourcedId",
        "medicalAlerts": "studentSourcedId,category,summary,severity,actionPlanOnFile,beginDate,endDate",
        "attendance": "studentSourcedId,schoolSourcedId,date,scope,classSourcedId,period,category,localCode,localText,"
        "minutesMissed,enteredAt,reasonText",
        "reportCardMarks": "studentSourcedId,academicSessionSourcedId,classSourcedId,subject,markType,mark,markText,standardCode,"
        "comment,teacherSourcedId,creditsAttempted,creditsEarned,isFinal,postedAt",
        "calendarDays": "schoolSourcedId,date,kind,title",
        "currentGrades": "studentSourcedId,classSourcedId,academicSessionSourcedId,mark,percent,updatedAt,comment",
        "studentAliases": "studentSourcedId,alias,note",
        "testScores": "studentSourcedId,testCode,testName,subject,administeredOn,schoolYear,gradeWhenTested,parentSourcedId,"
        "scoreType,score,scoreMin,scoreMax,level,levelCount,levelText,releasedAt,likelyMin,likelyMax",
        "transcriptCourses": "studentSourcedId,schoolYear,term,courseTitle,courseCode,mark,credits,ucCsuCode,gpaWeight,countsInGpa,"
        "program,ucHonors,gradeLevel,summer,sequence,sequenceStep",
        "collegePlans": "studentSourcedId,pathway,sector,workHours,serviceLearning,financialAid,financialAidOn,calGrantGpa,asOf",
        "graduationProgress": "studentSourcedId,requirementCode,requirementName,creditsRequired,creditsEarned,"
        "creditsInProgress,isMet,asOf",
        "schoolMenus": "schoolSourcedId,date,meal,title,allergens,diets,carbs",
        "mealAccounts": "studentSourcedId,balance,currency,asOf,lowBalance",
        "mealEligibility": "studentSourcedId,schoolYear,benefit,basis,beginDate,endDate,applicantSourcedId",
        "transportation": "studentSourcedId,schoolSourcedId,direction,routeName,vehicleLabel,stopName,stopCode,stopLat,stopLon,"
        "scheduledTime,days,beginDate,endDate,provider,specialNeeds",
        "busNotices": "routeName,date,direction,state,minutes,text",
        "libraryLoans": "studentSourcedId,title,author,borrowedOn,dueDate,returnedOn,renewable",
        "libraryCards": "studentSourcedId,library,state,lastDigits",
        "deviceRequests": "studentSourcedId,device,reason,state,requestedOn,place,issuedOn,dueBackOn,note",
        "documentRequests": "studentSourcedId,kind,title,askedOn,dueDate,state",
        "sentDocuments": "studentSourcedId,kind,fileName,sentOn,state,reason",
        "documents": "studentSourcedId,title,kind,language,fileName,sha256,publishedAt,expiresAt,requiresSignature",
        "immunizations": "studentSourcedId,vaccineGroup,cvxCode,doseNumber,doseDate,source",
        "immunizationStatus": "studentSourcedId,requirement,vaccineGroup,state,dueDate,note",
        "englishLearner": "studentSourcedId,elStatus,statusDate,primaryLanguage,program,yearsAsEl,longTermStatus,"
        "monitorYear,lastReviewDate",
        "elCriteria": "studentSourcedId,criterion,isMet,value,target,asOf",
        "giftedTalented": "studentSourcedId,category,state,stateDate,schoolSourcedId,note",
        "disciplineIncidents": "studentSourcedId,schoolSourcedId,incidentDate,incidentTime,behaviorCode,behaviorText,"
        "location,description",
        "disciplineActions": "incidentSourcedId,studentSourcedId,action,beginDate,endDate,days,noticeSentAt",
        "specialEducationPlans": "studentSourcedId,planType,state,primaryDisability,beginDate,reviewDue,reevaluationDue,"
        "lastMeeting,nextMeeting,caseManagerSourcedId,parentConsentDate",
        "specialEducationServices": "planSourcedId,service,minutes,per,setting,beginDate,endDate,providerName",
        "accommodations": "planSourcedId,area,text",
    }
    if newer:
        expected["roles"] = "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
    assert headers == {name: head + columns for name, columns in expected.items()}


def test_each_manifest_names_exactly_the_files_beside_it(folder: Path, version: Version):
    for part, file_version in (("oneroster", version), ("companion", "1.0")):
        with (folder / part / "manifest.csv").open(newline="") as file:
            said = dict(csv.reader(file))
        bulk = {name.removeprefix("file.") for name, mode in said.items() if mode == "bulk"}
        there = {path.stem for path in (folder / part).iterdir()} - {"manifest"}
        assert (bulk, said["manifest.version"], said[f"{part}.version"]) == (there, "1.0", file_version)


REFERENCES = {
    "orgs": {"parentSourcedId": "orgs"},
    "academicSessions": {"parentSourcedId": "academicSessions"},
    "courses": {"schoolYearSourcedId": "academicSessions", "orgSourcedId": "orgs"},
    "classes": {
        "courseSourcedId": "courses",
        "schoolSourcedId": "orgs",
        "termSourcedIds": "academicSessions",
    },
    "users": {"orgSourcedIds": "orgs", "primaryOrgSourcedId": "orgs", "agentSourcedIds": "users"},
    "roles": {"userSourcedId": "users", "orgSourcedId": "orgs"},
    "demographics": {"sourcedId": "users"},
    "enrollments": {"classSourcedId": "classes", "schoolSourcedId": "orgs", "userSourcedId": "users"},
    "lineItems": {
        "classSourcedId": "classes",
        "categorySourcedId": "categories",
        "gradingPeriodSourcedId": "academicSessions",
        "academicSessionSourcedId": "academicSessions",
        "schoolSourcedId": "orgs",
    },
    "results": {"lineItemSourcedId": "lineItems", "studentSourcedId": "users", "classSourcedId": "classes"},
    "guardianships": {"studentSourcedId": "users", "guardianSourcedId": "users"},
    "contactPoints": {"userSourcedId": "users"},
    "emergencyContacts": {"studentSourcedId": "users", "guardianSourcedId": "users"},
    "medicalAlerts": {"studentSourcedId": "users"},
    "attendance": {"studentSourcedId": "users", "schoolSourcedId": "orgs", "classSourcedId": "classes"},
    "reportCardMarks": {
        "studentSourcedId": "users",
        "academicSessionSourcedId": "academicSessions",
        "classSourcedId": "classes",
        "teacherSourcedId": "users",
    },
    "calendarDays": {"schoolSourcedId": "orgs"},
    "currentGrades": {
        "studentSourcedId": "users",
        "classSourcedId": "classes",
        "academicSessionSourcedId": "academicSessions",
    },
    "studentAliases": {"studentSourcedId": "users"},
    "immunizations": {"studentSourcedId": "users"},
    "immunizationStatus": {"studentSourcedId": "users"},
    "englishLearner": {"studentSourcedId": "users"},
    "elCriteria": {"studentSourcedId": "users"},
    "testScores": {"studentSourcedId": "users", "parentSourcedId": "testScores"},
    "giftedTalented": {"studentSourcedId": "users", "schoolSourcedId": "orgs"},
    "disciplineIncidents": {"studentSourcedId": "users", "schoolSourcedId": "orgs"},
    "disciplineActions": {"incidentSourcedId": "disciplineIncidents", "studentSourcedId": "users"},
    "specialEducationPlans": {"studentSourcedId": "users", "caseManagerSourcedId": "users"},
    "specialEducationServices": {"planSourcedId": "specialEducationPlans"},
    "accommodations": {"planSourcedId": "specialEducationPlans"},
}


def dangling(tables: dict[str, Table]) -> set[tuple[str, str, str]]:
    ids = {name: {row["sourcedId"] for row in rows} for name, rows in tables.items() if name != "manifest"}
    return {
        (name, column, item)
        for name, columns in REFERENCES.items()
        for row in tables.get(name, ())
        for column, target in columns.items()
        for item in row.get(column, "").split(",")
        if item and item not in ids[target]
    }


def test_every_reference_in_a_bundle_finds_its_row(tables: dict[str, Table], spring: dict[str, Table]):
    assert (dangling(tables), dangling(spring)) == (set(), set())


def test_no_two_rows_of_a_file_share_an_id(tables: dict[str, Table], spring: dict[str, Table]):
    for name, rows in (*tables.items(), *spring.items()):
        if name != "manifest":
            twice = [item for item, times in Counter(row["sourcedId"] for row in rows).items() if times > 1]
            assert (name, twice) == (name, [])


def test_ids_are_made_of_the_characters_the_standard_allows(tables: dict[str, Table]):
    ids = {row["sourcedId"] for name, rows in tables.items() if name != "manifest" for row in rows}
    assert [item for item in ids if not re.fullmatch(r"[A-Za-z0-9._/@-]{1,255}", item)] == []


def test_a_bundle_has_as_many_students_as_were_asked_for_and_each_has_a_birth_date(tables: dict[str, Table]):
    students = {row["sourcedId"] for row in tables["users"] if row["grades"]}
    assert len(students) == 300
    assert {row["sourcedId"] for row in tables["demographics"]} == students


def test_student_ids_are_of_the_modern_or_the_legacy_form_and_unique(tables: dict[str, Table]):
    ids = [row["identifier"] for row in tables["users"] if row["grades"]]
    legacy = [item for item in ids if item[6] in "FM"]
    assert all(re.fullmatch(r"\d{6}[FMX]\d{3}", item) for item in ids)
    assert len(set(ids)) == 300
    assert 5 <= len(legacy) <= 60


def test_legacy_ids_tell_the_birth_date(tables: dict[str, Table]):
    born = {row["sourcedId"]: date.fromisoformat(row["birthDate"]) for row in tables["demographics"]}
    legacy = [row for row in tables["users"] if row["grades"] and row["identifier"][6] in "FM"]
    assert [
        row["identifier"] for row in legacy if row["identifier"][:6] != f"{born[row['sourcedId']]:%m%d%y}"
    ] == []


def test_each_student_has_a_teacher_of_record_in_every_class(tables: dict[str, Table]):
    taught = {
        row["classSourcedId"]
        for row in tables["enrollments"]
        if row["role"] == "teacher" and row["primary"] == "true"
    }
    assert {row["sourcedId"] for row in tables["classes"]} == taught


def test_no_student_and_no_teacher_is_in_two_places_in_one_period(spring: dict[str, Table]):
    periods = {
        row["sourcedId"]: (row["termSourcedIds"], row["periods"])
        for row in spring["classes"]
        if row["periods"]
    }
    places = Counter(
        (row["userSourcedId"], *periods[row["classSourcedId"]])
        for row in spring["enrollments"]
        if row["classSourcedId"] in periods
    )
    assert max(places.values()) == 1


def test_every_kind_of_score_occurs(tables: dict[str, Table], version: Version):
    kinds = {row["scoreStatus"] for row in tables["results"]}
    assert kinds == {"fully graded", "not submitted", "exempt", "submitted", "partially graded"}
    scores = {row["score"] for row in tables["results"] if row["scoreStatus"] == "fully graded"}
    assert {"0", ""} <= scores
    if version == "1.2":
        for flag in ("late", "missing", "inProgress", "incomplete"):
            assert {row[flag] for row in tables["results"]} == {"true", "false"}


def test_nothing_is_scored_before_it_was_handed_out_or_after_today(tables: dict[str, Table]):
    assigned = {row["sourcedId"]: row["assignDate"] for row in tables["lineItems"]}
    assert [
        row
        for row in tables["results"]
        if not assigned[row["lineItemSourcedId"]] <= row["scoreDate"] <= str(AUTUMN)
    ] == []


def test_the_weights_of_a_class_add_up_to_a_hundred(spring: dict[str, Table]):
    sums: Counter[str] = Counter()
    for row in spring["categories"]:
        sums[row["sourcedId"].rsplit(".", 1)[0]] += int(row["weight"])
    assert set(sums.values()) == {100}


def test_secondary_students_have_a_row_for_each_period_of_a_day_that_was_not_plain(spring: dict[str, Table]):
    days: dict[tuple[str, str], set[str]] = {}
    periods: Counter[tuple[str, str]] = Counter()
    levels = {row["sourcedId"]: row["name"].split()[-1] for row in spring["orgs"]}
    for row in spring["attendance"]:
        key = (row["studentSourcedId"], row["date"])
        if levels[row["schoolSourcedId"]] == "Elementary" or row["date"] == str(SPRING):
            continue
        if row["scope"] == "period":
            periods[key] += 1
        else:
            days[key] = {row["category"]}
    assert {key for key, categories in days.items() if categories != {"present"}} == set(periods)
    assert set(periods.values()) == {6}


def test_each_student_has_one_row_for_each_school_day_while_enrolled(spring: dict[str, Table]):
    taught = {
        row["date"]
        for row in spring["calendarDays"]
        if row["kind"] != "noSchool" and row["date"] < str(SPRING)
    }
    rows = Counter(
        row["studentSourcedId"]
        for row in spring["attendance"]
        if row["scope"] == "day" and row["date"] < str(SPRING)
    )
    span = {
        row["userSourcedId"]: (row["beginDate"], row["endDate"])
        for row in spring["enrollments"]
        if row["role"] == "student"
        and "-A" not in row["classSourcedId"]
        and "-B" not in row["classSourcedId"]
    }
    assert len(span) > 100
    assert {student: rows[student] for student in span} == {
        student: sum(first <= day <= last for day in taught) for student, (first, last) in span.items()
    }


def test_every_school_tells_of_180_days_of_instruction_and_of_each_weekday_without(tables: dict[str, Table]):
    schools = {row["sourcedId"] for row in tables["orgs"] if row["type"] == "school"}
    for school in schools:
        days = {row["date"]: row for row in tables["calendarDays"] if row["schoolSourcedId"] == school}
        closed = {day: row["title"] for day, row in days.items() if row["kind"] == "noSchool"}
        assert len(days) - len(closed) == 180
        assert len(closed) == 32
        assert {day: title for day, title in closed.items() if "2026-11-01" < day < "2026-11-30"} == {
            "2026-11-11": "Veterans Day",
            "2026-11-26": "Thanksgiving",
            "2026-11-27": "Thanksgiving",
        }


def test_students_have_results_only_for_work_due_while_they_were_in_the_class(spring: dict[str, Table]):
    span = {
        (row["userSourcedId"], row["classSourcedId"]): (row["beginDate"], row["endDate"])
        for row in spring["enrollments"]
    }
    due = {row["sourcedId"]: row["dueDate"] for row in spring["lineItems"]}
    strays = []
    for row in spring["results"]:
        first, last = span[row["studentSourcedId"], row["classSourcedId"]]
        if not first <= due[row["lineItemSourcedId"]] <= last:
            strays.append(row)
    assert strays == []


def test_marks_are_posted_a_week_after_their_period_and_wait_on_file_until_then(tmp_path: Path):
    generate(tmp_path, 60, 1, date(2026, 10, 19))
    posted = {
        row["postedAt"][:10] for row in read(tmp_path)["reportCardMarks"] if row["markType"] == "academic"
    }
    assert posted == {"2026-09-18", "2026-10-23"}


def test_secondary_marks_are_letters_and_elementary_marks_are_numbers(spring: dict[str, Table]):
    marks: dict[str, set[str]] = {}
    for row in spring["reportCardMarks"]:
        marks.setdefault(row["markType"], set()).add(row["mark"])
    assert marks == {
        "academic": set("ABCDF"),
        "workHabits": set("ESU"),
        "cooperation": set("ESU"),
        "standard": set("1234"),
    }


def test_absences_and_marks_are_spread_as_in_a_real_district(tmp_path: Path):
    generate(tmp_path, 900, 5, date(2027, 6, 1))
    tables = read(tmp_path)
    days, absent = Counter[str](), Counter[str]()
    for row in tables["attendance"]:
        if row["scope"] == "day":
            days[row["studentSourcedId"]] += 1
            absent[row["studentSourcedId"]] += (
                row["category"].endswith("Absence") or row["category"] == "suspension"
            )
    rates = [
        1 - absent[student] / count for student, count in days.items() if not student.startswith("cast-")
    ]
    bands = [
        sum(low <= rate < high for rate in rates) / len(rates)
        for low, high in ((0.96, 2), (0.92, 0.96), (0.87, 0.92), (0, 0.87))
    ]
    letters = Counter(row["mark"] for row in tables["reportCardMarks"] if row["markType"] == "academic")
    shares = [letters[letter] / letters.total() for letter in "ABCDF"]
    assert bands == pytest.approx([0.50, 0.25, 0.15, 0.10], abs=0.06)
    assert shares == pytest.approx([0.36, 0.26, 0.20, 0.10, 0.08], abs=0.06)


def test_in_summer_the_coming_year_is_on_file_and_empty(tmp_path: Path):
    generate(tmp_path, 100, 1, SUMMER)
    tables = read(tmp_path)
    empty = {name for name, rows in tables.items() if not rows}
    assert empty == {
        "lineItems",
        "results",
        "attendance",
        "currentGrades",
        "reportCardMarks",
        "schoolMenus",
        "busNotices",
    }
    assert min(row["date"] for row in tables["calendarDays"] if row["kind"] == "instruction") == "2026-08-13"


@pytest.mark.parametrize(
    "today", [date(2026, 8, 13), date(2026, 12, 27), date(2027, 1, 12), date(2027, 6, 4)]
)
def test_a_bundle_can_be_made_on_any_day_of_the_year(tmp_path: Path, today: date):
    generate(tmp_path, 60, 1, today)
    tables = read(tmp_path)
    assert dangling(tables) == set()
    assert max(row["date"] for row in tables["attendance"]) <= str(today)


def test_what_was_so_yesterday_is_so_today(tmp_path: Path):
    """A day already written does not change, except for reasons that reached the office since."""
    for day in (AUTUMN - timedelta(days=7), AUTUMN):
        generate(tmp_path / str(day), 80, 1, day)
    before, after = (read(tmp_path / str(day)) for day in (AUTUMN - timedelta(days=7), AUTUMN))
    settled = str(AUTUMN - timedelta(days=12))
    then, now = (
        {row["sourcedId"]: row for row in tables["attendance"] if row["date"] < settled}
        for tables in (before, after)
    )
    assert then == now
    assert before["users"] == after["users"]


# --- Nothing real, nothing harmful ----------------------------------------------------------------------------


def test_every_phone_is_of_the_block_kept_for_fiction(tables: dict[str, Table]):
    phones = [row[column] for row in tables["users"] for column in ("sms", "phone") if row[column]]
    phones += [row["value"] for row in tables["contactPoints"] if row["kind"] in ("mobile", "home", "work")]
    assert len(phones) > 500
    assert [
        item for item in phones if not re.fullmatch(r"\+1\d{3}55501\d\d|\(\d{3}\) 555-01\d\d", item)
    ] == []


def test_every_email_goes_to_example_org(tables: dict[str, Table]):
    mailboxes = [row["email"] for row in tables["users"] if row["email"]]
    mailboxes += [row["value"] for row in tables["contactPoints"] if row["kind"] == "email"]
    assert [
        item for item in mailboxes if not re.fullmatch(r"[a-z0-9.]+@(schools\.)?example\.org", item)
    ] == []


def test_no_file_asks_for_a_birth_place_or_a_social_security_number(folder: Path):
    columns = {
        column.lower()
        for path in folder.glob("*/*.csv")
        for column in path.open(encoding="utf-8").readline().strip().split(",")
    }
    assert [
        column
        for column in columns
        if re.search("ssn|social|birthcode|cityof|ofbirth|country|ethnic", column)
    ] == []


def test_passwords_are_never_written(tables: dict[str, Table]):
    assert {row["password"] for row in tables["users"]} == {""}


# --- The cast -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("students", "seed"), [(0, 1), (300, 2), (300, 77), (5500, 3)])
def test_the_cast_is_in_every_bundle(tmp_path: Path, students: int, seed: int):
    generate(tmp_path, students, seed, date(2026, 8, 14))
    tables = read(tmp_path)
    users = {row["sourcedId"]: row for row in tables["users"]}
    for student in cast.STUDENTS:
        row = users[student.id]
        assert (
            row["givenName"],
            row["familyName"],
            row["identifier"],
            row["grades"],
            row["primaryOrgSourcedId"],
        ) == (
            student.given,
            student.family,
            student.student_id,
            student.grade,
            student.school,
        )
    for adult in cast.ADULTS:
        assert (users[adult.id]["givenName"], users[adult.id]["email"]) == (adult.given, adult.email)
    for person in cast.STAFF:
        assert (users[person.id]["familyName"], users[person.id]["email"]) == (person.family, person.email)
    assert {school.name for school in cast.SCHOOLS} <= {row["name"] for row in tables["orgs"]}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    """Two neighbourhoods of schools, before the first day."""
    folder = tmp_path_factory.mktemp("large")
    generate(folder, 6000, 3, SUMMER)
    return read(folder)


def test_no_two_students_of_a_large_district_share_a_student_id(large: dict[str, Table]):
    ids = [row["identifier"] for row in large["users"] if row["grades"]]
    assert len(set(ids)) == len(ids) == 6000


def test_brothers_and_sisters_in_one_grade_are_twins(large: dict[str, Table]):
    born = {row["sourcedId"]: row["birthDate"] for row in large["demographics"]}
    grade = {row["sourcedId"]: row["grades"] for row in large["users"]}
    siblings: dict[tuple[str, str], set[str]] = {}
    for row in large["guardianships"]:
        if row["relationship"] in ("mother", "father"):
            siblings.setdefault((row["guardianSourcedId"], grade[row["studentSourcedId"]]), set()).add(
                row["studentSourcedId"]
            )
    pairs = [children for children in siblings.values() if len(children) > 1]
    assert len(pairs) > 20
    assert [children for children in pairs if len({born[child] for child in children}) > 1] == []


def test_schools_of_a_large_district_have_codes_and_names_of_their_own(large: dict[str, Table]):
    schools = [row for row in large["orgs"] if row["type"] == "school"]
    assert (
        len({row["identifier"] for row in schools})
        == len({row["name"] for row in schools})
        == len(schools)
        > 8
    )
    assert all(re.fullmatch(r"\d{4}", row["identifier"]) for row in schools)


def ties(tables: dict[str, Table], student: str) -> set[tuple[str, str, str]]:
    return {
        (row["guardianSourcedId"], row["educationalRights"], row["accessRestriction"])
        for row in tables["guardianships"]
        if row["studentSourcedId"] == student
    }


def test_the_rights_around_the_cast_are_what_their_stories_say(tables: dict[str, Table]):
    assert {student: ties(tables, student) for student in ("cast-ana", "cast-mia", "cast-ben", "cast-mateo", "cast-isaiah")} == {
        "cast-ana": {
            ("cast-marisol", "full", "none"), ("cast-luis", "full", "none"), ("cast-rosa-diaz", "none", "none"),
        },
        "cast-mia": {("cast-marisol", "full", "none"), ("cast-rosa-diaz", "none", "none")},
        "cast-ben": {("cast-grace", "full", "none"), ("cast-daniel", "none", "noRecords")},
        "cast-mateo": {("cast-rosa-delgado", "full", "none"), ("cast-elena", "limited", "none")},
        "cast-isaiah": {("cast-maeve", "none", "none"), ("cast-isaiah", "full", "none")},
    }  # fmt: skip


def test_the_stranger_is_tied_to_one_child_alone(tables: dict[str, Table]):
    assert [
        row["studentSourcedId"] for row in tables["guardianships"] if row["guardianSourcedId"] == cast.SAM.id
    ] == [cast.LILY.id]


def test_ana_missed_three_days_was_late_once_and_is_absent_today_in_periods_1_and_2(tables: dict[str, Table]):
    mine = [
        row
        for row in tables["attendance"]
        if row["studentSourcedId"] == cast.ANA.id and row["category"] != "present"
    ]
    days = Counter(row["category"] for row in mine if row["scope"] == "day")
    today = [(row["scope"], row["period"], row["category"]) for row in mine if row["date"] == str(AUTUMN)]
    assert days == {"excusedAbsence": 2, "unverifiedAbsence": 1, "tardy": 1, "partialDay": 1}
    assert today == [
        ("day", "", "partialDay"),
        ("period", "1", "unverifiedAbsence"),
        ("period", "2", "unverifiedAbsence"),
    ]


def test_anas_classes_show_every_state_of_work(tables: dict[str, Table]):
    titles = {row["sourcedId"]: row["title"] for row in tables["classes"]}
    classes = {row["sourcedId"]: titles[row["classSourcedId"]] for row in tables["lineItems"]}
    due = {row["sourcedId"]: row["dueDate"] for row in tables["lineItems"]}
    states: dict[str, set[str]] = {}
    for row in tables["results"]:
        if row["studentSourcedId"] == cast.ANA.id and due[row["lineItemSourcedId"]] < str(AUTUMN):
            state = "zero" if row["score"] == "0" else row["scoreStatus"]
            states.setdefault(classes[row["lineItemSourcedId"]], set()).add(state)
    graded = {
        titles[row["classSourcedId"]]
        for row in tables["currentGrades"]
        if row["studentSourcedId"] == cast.ANA.id
    }
    assert states["English 9"] == {"zero", "exempt", "not submitted", "submitted", "fully graded"}
    assert states["Algebra 1"] == {"fully graded"}
    assert states["Drawing"] == {"submitted"}
    assert graded == set(states) - {"Drawing"}


def test_leo_has_two_things_not_turned_in(tables: dict[str, Table]):
    assert [row["scoreStatus"] for row in tables["results"] if row["studentSourcedId"] == cast.LEO.id].count(
        "not submitted"
    ) == 2


def test_mia_has_marks_one_to_four_and_tomas_none(tables: dict[str, Table]):
    for name in ("currentGrades", "reportCardMarks"):
        marks = {
            student: {row["mark"] for row in tables[name] if row["studentSourcedId"] == student}
            for student in (cast.MIA.id, cast.TOMAS.id)
        }
        assert marks == {cast.MIA.id: set("1234"), cast.TOMAS.id: set()}


def test_no_child_in_transitional_kindergarten_has_marks(spring: dict[str, Table]):
    children = {row["sourcedId"] for row in spring["users"] if row["grades"] == "TK"}
    assert len(children) > 3
    for name in ("currentGrades", "reportCardMarks"):
        assert [row for row in spring[name] if row["studentSourcedId"] in children] == []


def test_mr_ortiz_teaches_ana_algebra_in_period_1(tables: dict[str, Table]):
    algebra = {row["sourcedId"]: row for row in tables["classes"] if row["title"] == "Algebra 1"}
    mine = {row["classSourcedId"] for row in tables["enrollments"] if row["userSourcedId"] == cast.ANA.id}
    his = {row["classSourcedId"] for row in tables["enrollments"] if row["userSourcedId"] == cast.ORTIZ.id}
    assert [algebra[item]["periods"] for item in set(algebra) & mine & his] == ["1"]


def test_bens_class_has_not_taken_attendance_today(tables: dict[str, Table]):
    assert max(row["date"] for row in tables["attendance"] if row["studentSourcedId"] == cast.BEN.id) < str(
        AUTUMN
    )


def test_attendance_of_the_cast_is_taken_today_but_for_bens(tmp_path: Path):
    today = date(2026, 8, 13)
    for seed in range(40):
        generate(tmp_path, 0, seed, today)
        there = {row["studentSourcedId"] for row in read(tmp_path)["attendance"] if row["date"] == str(today)}
        assert there == {student.id for student in cast.STUDENTS} - {cast.BEN.id}


def test_katya_left_in_october(spring: dict[str, Table]):
    last = {row["endDate"] for row in spring["enrollments"] if row["userSourcedId"] == cast.KATYA.id}
    days = [row["date"] for row in spring["attendance"] if row["studentSourcedId"] == cast.KATYA.id]
    assert last == {max(days)}
    assert max(days).startswith("2026-10")


@pytest.mark.parametrize("today", [AUTUMN, SPRING, date(2028, 1, 15), date(2031, 9, 1)])
def test_one_student_is_about_to_turn_18_and_one_just_has_whatever_the_day(today: date):
    def eighteenth(student: cast.Student) -> date:
        born = cast.born(student, today)
        return born.replace(year=born.year + 18)

    assert today < eighteenth(cast.MIN_JUN) <= today + timedelta(days=60)
    assert eighteenth(cast.ISAIAH) < today


def test_birth_dates_of_the_cast_move_with_the_school_year_and_twins_stay_twins():
    assert cast.born(cast.ANA, AUTUMN) == cast.ANA.born
    assert cast.born(cast.ANA, date(2029, 10, 1)) == date(2015, 3, 14)
    assert cast.born(cast.ZOE, SPRING) == cast.born(cast.CHLOE, SPRING)
    assert int(cast.CHLOE.student_id[-3:]) - int(cast.ZOE.student_id[-3:]) == 1


def test_an_earlier_student_id_still_leads_to_its_student(tables: dict[str, Table]):
    assert {"studentSourcedId": cast.LUIS_DEL_RIO.id, "alias": "041509F007"}.items() <= tables[
        "studentAliases"
    ][0].items()


def test_a_safe_at_home_family_has_no_home_address_and_nothing_to_publish(tables: dict[str, Table]):
    points = [row for row in tables["contactPoints"] if row["userSourcedId"] == cast.TARA.id]
    assert {row["kind"] for row in points} == {"mailAddress", "mobile", "email"}
    assert {row["doNotPublish"] for row in points} == {"true"}


def test_everyone_in_the_cast_has_a_story_and_an_id_of_their_own():
    people = (*cast.STUDENTS, *cast.ADULTS, *cast.STAFF)
    assert [person.id for person in people if not person.story or not person.id.startswith("cast-")] == []
    assert len({person.id for person in people}) == len(people)
    assert len({student.student_id for student in cast.STUDENTS}) == len(cast.STUDENTS)
    assert len(f"{cast.CONCEPCION.given} {cast.CONCEPCION.family}") >= 40


def test_names_of_every_awkward_shape_are_in_the_demo(tables: dict[str, Table]):
    names = {(row["givenName"], row["middleName"], row["familyName"]) for row in tables["users"]}
    assert set(SHAPES) - names == set()


# --- How it is written ----------------------------------------------------------------------------------------


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path):
    for name, seed in (("one", 4), ("again", 4), ("other", 5)):
        generate(tmp_path / name, 120, seed, AUTUMN)
    for part in ("oneroster", "companion"):
        files = [path.name for path in (tmp_path / "one" / part).iterdir()]
        same, differ, broken = filecmp.cmpfiles(
            tmp_path / "one" / part, tmp_path / "again" / part, files, shallow=False
        )
        assert (sorted(same), differ, broken) == (sorted(files), [], [])
    assert (tmp_path / "one/oneroster/users.csv").read_bytes() != (
        tmp_path / "other/oneroster/users.csv"
    ).read_bytes()


def test_a_large_district_has_seven_schools_and_three_adults_to_two_students_in_each_piece():
    year = school_year(AUTUMN)
    pieces = list(population.neighbourhoods(2 * population.NEIGHBOURHOOD, 1, year, AUTUMN))
    adults = {tie.adult.id for student in pieces[1].students for tie in student.ties}
    assert [(len(piece.schools), len(piece.students)) for piece in pieces] == [(7, 2800), (7, 2800)]
    assert 1.45 < len(adults) / 2800 < 1.55
    assert len({school.name for piece in pieces for school in piece.schools}) == 14


def test_memory_does_not_grow_with_the_district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(population, "NEIGHBOURHOOD", 100)

    def peak(students: int) -> int:
        tracemalloc.start()
        generate(tmp_path / str(students), students, 1, date(2026, 8, 21))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what is loaded once is not counted
    assert peak(1600) < 1.5 * peak(200)


def test_a_zipped_bundle_holds_its_files_at_the_top_and_is_the_same_each_time(tmp_path: Path):
    written = generate(tmp_path, 0, 1, AUTUMN)
    first = zip_bundle(written.oneroster)
    content = first.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(path.name for path in written.oneroster.iterdir())
    assert zip_bundle(written.oneroster).read_bytes() == content


def test_the_report_counts_the_rows_of_every_file(tmp_path: Path):
    written = generate(tmp_path, 50, 1, AUTUMN)
    tables = read(tmp_path)
    assert written.rows == {name: len(rows) for name, rows in tables.items() if name != "manifest"}
    assert set(written.rows) == {*oneroster.COLUMNS["1.2"], *companion.COLUMNS}


def test_the_command_writes_a_district(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = [
        "--students",
        "40",
        "--seed",
        "9",
        "--out",
        str(tmp_path),
        "--today",
        "2026-10-14",
        "--version",
        "1.1",
    ]
    assert main(arguments) == 0
    assert "users.csv" in capsys.readouterr().out
    assert not (tmp_path / "oneroster" / "roles.csv").exists()
    assert district.DISTRICT_NAME in (tmp_path / "oneroster" / "orgs.csv").read_text()


def test_a_bundle_in_the_place_of_an_older_one_keeps_none_of_its_files(tmp_path: Path):
    generate(tmp_path, 0, 1, AUTUMN, "1.2")
    generate(tmp_path, 0, 1, AUTUMN, "1.1")
    there = {path.stem for path in (tmp_path / "oneroster").iterdir()}
    assert there == {*oneroster.COLUMNS["1.1"], "manifest"}


def test_the_generator_runs_without_the_portal():
    program = "import sys, portal.demo.district.corpus; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
