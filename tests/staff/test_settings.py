"""T19: the district's administrators change what a district decides; it counts at once, and nobody else reaches it."""

from datetime import timedelta

import pytest
from django.conf import settings as now_
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.audit.models import Access
from portal.people import settled
from portal.people.asking import opened
from portal.people.models import Setting
from portal.staff.adjustable import BY_NAME
from portal.students.models import Student
from portal.web import formats

HOME = "/staff/settings/"
FIND_PIN = "/help/find-your-pin/"


@pytest.fixture
def administrator(family):
    Post.objects.filter(person=family.ms_lee).update(
        role=Post.Role.DISTRICT_ADMINISTRATOR, place=family.district
    )
    return family.ms_lee


@pytest.fixture
def change(administrator, visit):
    """change("pin_days", "30"): what the administrator's browser is answered."""
    client = visit(administrator)

    def posted(name, value, **more):
        return client.post(f"{HOME}{name}/", {"value": value, "act": "save", **more})

    return posted


def kept():
    return list(Setting.objects.order_by("pk").values_list("name", "value", "reason"))


# What it is for


def test_new_hours_of_the_hotline_stand_on_the_next_page_a_parent_opens(change, family, visit):
    assert change("hotline_hours", "8:15-17:00").status_code == 302
    assert formats.hours("8:15–17:00") in visit(family.mother).get("/home/").content.decode()
    assert kept() == [("hotline_hours", "8:15–17:00", "")]


def test_every_setting_shows_what_it_does_and_what_it_is_now(administrator, visit):
    client = visit(administrator)
    page = client.get(HOME).content.decode()
    for name, each in BY_NAME.items():
        assert (str(each.label) in page, reverse("staff_setting", args=[name]) in page) == (
            True,
            True,
        )
        assert client.get(f"{HOME}{name}/").status_code == 200, name


def test_every_setting_of_the_list_is_one_of_the_settings_file_and_takes_its_own_value(administrator):
    for name, each in BY_NAME.items():
        value = settled.get(now_.DISTRICT_FILE, name)
        shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        typed = [str(one) for one in value] if isinstance(value, tuple) else str(shown)
        if each.typed:
            typed = each.typed(value)
        cleaned = each.field(label="").clean(typed)
        assert (name, type(cleaned) if not isinstance(value, tuple) else tuple(cleaned)) == (
            name, type(value) if not isinstance(value, tuple) else value,
        )  # fmt: skip
        assert each.shown(value), name


def test_the_word_goes_back_to_the_settings_file_and_the_history_keeps_both(change, administrator, visit):
    before = now_.DISTRICT_FILE.stale_grade_days
    change("stale_grade_days", "30", reason="Quarter grades")
    page = visit(administrator).get(f"{HOME}stale_grade_days/").content.decode()
    assert "Use the value of the settings file" in page
    assert change("stale_grade_days", "99", act="above").status_code == 302
    assert kept() == [("stale_grade_days", 30, "Quarter grades"), ("stale_grade_days", None, "")]
    with opened("worker"):
        assert now_.DISTRICT.stale_grade_days == before
    history = visit(administrator).get(HOME).content.decode()
    assert (history.count("Days until a grade is called old"), "Quarter grades" in history) == (3, True)


def test_a_change_is_written_down_by_name_and_never_by_value(change, administrator):
    change("hotline_phone", "213-555-0199")
    told = Access.objects.filter(section="settings", action="setting_changed").get()
    assert (told.person, told.why, told.purpose_words) == (administrator, "runs_the_portal", "hotline_phone")


def test_a_region_office_that_moves_its_phone_is_read_by_families_and_comes_back_from_the_file(
    change, family, visit, administrator
):
    filed = now_.DISTRICT_FILE.region_offices
    offices = f"{filed[0].name}: 323-555-0177\n\n Region Harbor : (310) 555-0188 "
    assert change("region_offices", offices).status_code == 302
    seen = visit(family.mother).get(FIND_PIN).content.decode()
    assert [words in seen for words in ("Region Harbor", "tel:+13105550188", "tel:+13235550177", filed[1].name)] == [
        True, True, True, False,
    ]  # fmt: skip
    assert kept()[-1][1] == [
        {"name": filed[0].name, "phone": "+13235550177"},
        {"name": "Region Harbor", "phone": "+13105550188"},
    ]
    history = visit(administrator).get(HOME).content.decode()
    assert "Region Harbor: " in history
    assert change("region_offices", "", act="above").status_code == 302
    assert filed[1].name in visit(family.mother).get(FIND_PIN).content.decode()


@pytest.mark.parametrize("typed", ["Region East", "Region East: 12", ": 213-555-0110", "x" * 101 + ": 213-555-0110",
                                   "\n".join(f"Office {n}: 213-555-0110" for n in range(21))])  # fmt: skip
def test_a_line_that_names_no_office_with_a_phone_is_refused_and_kept(change, typed):
    answer = change("region_offices", typed)
    assert (answer.status_code, kept()) == (422, [])
    assert typed[:80] in answer.content.decode()


# Everywhere it is read


def test_a_section_that_is_switched_off_is_gone_for_families_and_staff_until_it_comes_back(
    change, family, visit, administrator
):
    mother, clerk = visit(family.mother), visit(family.ms_reed)
    page = f"/students/{family.ana.ref}/attendance/"
    assert (
        mother.get(page).status_code,
        clerk.get(f"/staff{page}".replace("/attendance", "/record/attendance")).status_code,
    ) == (200, 200)
    change("sections_off", ["attendance"])
    assert mother.get(page).status_code == 403
    assert clerk.get(f"/staff{page}".replace("/attendance", "/record/attendance")).status_code == 404
    for client, at in (
        (mother, f"/students/{family.ana.ref}/"),
        (clerk, f"/staff/students/{family.ana.ref}/record/"),
    ):
        assert "/attendance/" not in client.get(at).content.decode()
    assert change("sections_off", [], reason="It works again", sure="on").status_code == 302
    assert mother.get(page).status_code == 200


def test_a_student_of_18_is_closed_to_parents_by_both_walls_when_the_district_says_so(change, family, visit):
    Student.objects.filter(pk=family.ana.pk).update(birth_date=localdate() - timedelta(days=19 * 366))
    mother, page = visit(family.mother), f"/students/{family.ana.ref}/attendance/"
    seen = (
        "SELECT (SELECT portal_stands(g, NULL)) FROM family_guardianship g WHERE id = %s",
        [family.mothers_right.pk],
    )

    def behind_the_wall():
        with connection.cursor() as cursor:
            cursor.execute(*seen)
            return cursor.fetchone()[0]

    assert (mother.get(page).status_code, behind_the_wall()) == (200, True)
    change("parents_after_18", "no")
    assert (mother.get(page).status_code, behind_the_wall()) == (403, False)
    change("parents_after_18", "yes", reason="The board decided", sure="on")
    assert (mother.get(page).status_code, behind_the_wall()) == (200, True)


def test_a_change_that_is_undone_counts_nowhere(administrator, db):
    before = now_.DISTRICT.pin_days
    with opened("staff", administrator.pk):
        settled.change(administrator, "pin_days", 30)
        with opened("staff", administrator.pk):
            assert now_.DISTRICT.pin_days == 30
        transaction.set_rollback(True)
    with opened("worker"):
        assert now_.DISTRICT.pin_days == before


def test_a_setting_of_another_version_of_the_portal_is_left_out(administrator):
    settled.change(administrator, "no_such_thing", 3)
    settled.change(administrator, "pin_days", "thirty")
    settled.change(administrator, "hotline_hours", "9:00–10:00")
    with opened("worker"):
        assert settled.put(now_.DISTRICT_FILE, "hotline_hours", "9:00–10:00") == now_.DISTRICT


# Who else is looking


@pytest.mark.parametrize("who", ["ms_reed", "mother", "stranger"])
def test_nobody_else_finds_the_settings_or_changes_one(family, visit, who):
    client = visit(getattr(family, who))
    found = 404 if who == "ms_reed" else 302
    assert client.get(HOME).status_code == found
    assert client.get(f"{HOME}pin_days/").status_code == found
    assert client.post(f"{HOME}pin_days/", {"value": "30", "act": "save"}).status_code == found
    assert kept() == []


@pytest.mark.parametrize("role", [role for role in Post.Role if role != Post.Role.DISTRICT_ADMINISTRATOR])
def test_no_other_role_changes_a_setting_not_even_at_the_district(family, visit, role):
    Post.objects.filter(person=family.ms_lee).update(role=role, place=family.district)
    client = visit(family.ms_lee)
    assert client.get(HOME).status_code == 404
    assert client.post(f"{HOME}pin_days/", {"value": "30", "act": "save"}).status_code == 404
    with pytest.raises(DatabaseError), transaction.atomic(), opened("staff", family.ms_lee.pk):
        settled.change(family.ms_lee, "pin_days", 30)
    assert kept() == []


def test_an_administrator_whose_post_ended_changes_nothing(administrator, change):
    Post.objects.filter(person=administrator).update(ends_at=now() - timedelta(minutes=1))
    assert change("pin_days", "30").status_code == 302
    assert kept() == []


def test_nobody_writes_a_change_in_anothers_name_or_rewrites_one(administrator, family):
    settled.change(administrator, "pin_days", 30)
    for kind, person in (
        ("family", family.mother),
        ("door", None),
        ("linking", family.mother),
        ("importer", None),
    ):
        with pytest.raises(DatabaseError), opened(kind, person and person.pk):
            settled.change(administrator, "pin_days", 180)
    with pytest.raises(DatabaseError), opened("staff", administrator.pk):
        settled.change(family.ms_reed, "pin_days", 180)
    for act in ("update", "delete"):
        with pytest.raises(DatabaseError), opened("staff", administrator.pk):
            getattr(Setting.objects.all(), act)(**({"value": 1} if act == "update" else {}))


def test_no_secret_stands_on_any_page_of_the_settings(administrator, visit):
    client = visit(administrator)
    pages = [client.get(HOME), *(client.get(f"{HOME}{name}/") for name in BY_NAME)]
    shown = "".join(page.content.decode() for page in pages)
    secrets = [now_.SECRET_KEY, *now_.PIN_KEYS, *now_.PASSWORD_PEPPERS, *now_.AUDIT_KEYS]
    assert [secret for secret in secrets if secret in shown] == []


# What is asked twice, and what is refused


WIDER = [
    ("pin_days", "120"), ("pins_per_issuer_a_day", "300"), ("letters_alone", "5000"), ("password_min", "12"),
    ("access_days", "700"), ("access_check_months", ["2"]), ("bulk_loss_percent", "40"), ("report_card_days", "0"),
    ("privacy.copy_hours", "168"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WIDER)
def test_what_lets_more_through_needs_a_reason_and_one_more_tick(change, name, value):
    first = change(name, value)
    assert (first.status_code, "This lets more through than before." in first.content.decode()) == (422, True)
    assert change(name, value, sure="on").status_code == 422
    assert change(name, value, reason="Asked for").status_code == 422
    assert kept() == []
    assert change(name, value, reason="Asked for", sure="on").status_code == 302
    assert len(kept()) == 1


def test_going_back_to_a_wider_settings_file_is_asked_twice_too(change):
    change("pin_days", "30")
    assert change("pin_days", "30", act="above").status_code == 422
    assert change("pin_days", "30", act="above", reason="Letters come late", sure="on").status_code == 302
    assert [value for _name, value, _why in kept()] == [30, None]


def test_an_old_sign_on_changes_nothing(change, administrator, visit, idle):
    client = visit(administrator)
    idle(6)
    asked = client.get(f"{HOME}pin_days/")
    assert (asked.status_code, "fresh=1" in asked["Location"]) == (302, True)
    assert client.post(f"{HOME}pin_days/", {"value": "30", "act": "save"}).status_code == 422
    assert kept() == []


def test_showing_what_families_would_read_changes_nothing(change):
    looked = change("hotline_phone", "(213) 555-0177", act="look")
    assert (looked.status_code, "(213) 555-0177" in looked.content.decode(), kept()) == (200, True, [])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("pin_days", "6", "Use a number from 7 to 180"),
        ("pin_days", "181", "Use a number from 7 to 180"),
        ("pin_days", "90.5", "Use a number from 7 to 180"),
        ("pin_days", "-9", "Use a number from 7 to 180"),
        ("pin_days", "1e2", "Use a number from 7 to 180"),
        ("pin_days", "", "Fill in this field."),
        ("pin_days", "90", "This is the value already."),
        ("hotline_phone", "911", "10 digits"),
        ("hotline_hours", "16:30–7:30", "Enter the hours like"),
        ("hotline_hours", "7:30–24:10", "Enter the hours like"),
        ("hotline_hours", "<script>", "Enter the hours like"),
        ("attendance.taken_by", "25:00", "Enter a time like"),
        ("attendance.watch_percent", "20", "must be smaller"),
        ("attendance.much_percent", "3", "must be smaller"),
        ("access_check_months", ["13"], "Choose from the list."),
        ("access_check_months", [], "Choose one or more."),
        ("sections_off", ["no-such-section"], "Choose from the list."),
        ("parents_after_18", "", "Choose one."),
        ("privacy.correction_days", "31", "Use a number from 1 to 30"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(change, name, value, words):
    answer = change(name, value)
    assert (answer.status_code, words in answer.content.decode(), kept()) == (422, True, [])


def test_digits_of_any_keyboard_are_understood(change):
    change("pin_days", "۳۰")
    assert kept() == [("pin_days", 30, "")]


@pytest.mark.parametrize(
    "name", ["time_zone", "employee_domains", "labels", "__class__", "attendance", "pin_days.real"]
)
def test_what_is_not_on_the_list_is_not_there(administrator, visit, name):
    client = visit(administrator)
    assert client.get(f"{HOME}{name}/").status_code == 404
    assert client.post(f"{HOME}{name}/", {"value": "x", "act": "save"}).status_code == 404
