"""T8: staff read the parents' pages and change nothing; what a chosen adult sees is shown too."""

import re
from datetime import time

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from portal.access import gate
from portal.access.models import Post
from portal.audit.models import Access
from portal.family.hidden import confidential
from portal.family.models import CourtOrder, Guardianship
from portal.people.asking import opened, seeing_as
from portal.record.contents import section, sections
from portal.sections.bus.models import Ride
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.staff.record import _read_only
from tests.cast import rostered

OPEN_TO_THE_OFFICE = [each.key for each in sections() if not each.sensitive and each.key != "documents"]
SENSITIVE = [each.key for each in sections() if each.sensitive]


@pytest.fixture
def record(family):
    return f"/staff/students/{family.ana.ref}/record/"


def test_the_office_reads_every_open_section_without_a_form_or_a_way_to_the_familys_side(
    family, visit, record
):
    client = visit(family.ms_reed)
    for address in ["", *(f"{key}/" for key in OPEN_TO_THE_OFFICE)]:
        page = client.get(record + address)
        assert page.status_code == 200, address
        text = page.content.decode()
        assert "Read-only view of what parents see. This look is recorded." in text
        main = text[text.index("<main") : text.index("</main>")]
        assert "<form" not in main
        assert re.findall(r'href="/(?!staff/|static/)[^"]*"', main) == []
    seen = Access.objects.filter(person=family.ms_reed).values_list("section", flat=True)
    assert sorted(seen) == sorted(["record", *OPEN_TO_THE_OFFICE])


def test_afterwards_names_lead_to_the_familys_side_again(family, visit, record):
    visit(family.ms_reed).get(record + "grades/")
    assert reverse("grades", args=[family.ana.ref]) == f"/students/{family.ana.ref}/grades/"


def test_a_sensitive_section_opens_to_the_principal_and_is_not_there_for_the_office(family, visit, record):
    office = visit(family.ms_reed)
    assert {office.get(f"{record}{key}/").status_code for key in SENSITIVE} == {404}
    assert [key for key in SENSITIVE if f"record/{key}/" in office.get(record).content.decode()] == []
    Post.objects.filter(person=family.ms_reed).update(role=Post.Role.PRINCIPAL)
    principal = visit(family.ms_reed)
    assert {principal.get(f"{record}{key}/").status_code for key in SENSITIVE} == {200}
    listed = principal.get(record).content.decode()
    assert [key for key in SENSITIVE if f"record/{key}/" in listed] == SENSITIVE


def test_an_old_sign_on_opens_no_sensitive_section(family, visit, idle, record):
    Post.objects.filter(person=family.ms_reed).update(role=Post.Role.PRINCIPAL)
    client = visit(family.ms_reed)
    idle(6)
    assert client.get(f"{record}discipline/").status_code == 302
    assert client.get(f"{record}grades/").status_code == 200


@pytest.mark.parametrize("who", ["ms_lee", "mother", "stranger"])
def test_others_find_no_record_here(family, visit, record, who):
    client = visit(getattr(family, who))
    for address in ("", "grades/"):
        answer = client.get(record + address)
        assert answer.status_code == (404 if who == "ms_lee" else 302)


def test_nothing_is_written_from_here(family, visit, record):
    client = visit(family.ms_reed)
    for key in OPEN_TO_THE_OFFICE:
        assert client.post(f"{record}{key}/").status_code == 405
        for act in section(key).acts:
            assert client.post(f"{record}{key}/{act.path.partition('<')[0]}").status_code in (404, 405)


def test_a_clerk_sees_what_a_mother_sees_and_keeps_her_view_from_page_to_page(family, visit, record):
    client = visit(family.ms_reed)
    page = client.get(f"{record}?as={family.mothers_right.pk}").content.decode()
    assert "As <bdi>Marisol Reyes</bdi> sees it" in page
    assert f'href="{record}grades/?as={family.mothers_right.pk}"' in page
    assert client.get(f"{record}grades/?as={family.mothers_right.pk}").status_code == 200


def test_a_clerk_is_told_why_a_father_without_rights_sees_nothing(family, visit, record):
    page = visit(family.ms_reed).get(f"{record}grades/?as={family.fathers_right.pk}")
    text = page.content.decode()
    assert (page.status_code, "<bdi>Luis Reyes</bdi> does not see this page" in text) == (200, True)
    assert "does not list this adult as someone who may see records now" in text
    assert "no_records" not in text


def test_limited_rights_keep_the_bus_from_the_view(family, visit, record):
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(
        educational_rights=Guardianship.Rights.LIMITED
    )
    client = visit(family.ms_reed)
    home = client.get(f"{record}?as={family.mothers_right.pk}").content.decode()
    assert ("record/grades/" in home, "record/bus/" in home) == (True, False)
    assert (
        "does not open with the rights"
        in client.get(f"{record}bus/?as={family.mothers_right.pk}").content.decode()
    )


def test_a_view_is_never_wider_than_the_clerks_own(family, visit, record):
    """The mother sees discipline; looking as her, the office still does not."""
    assert visit(family.ms_reed).get(f"{record}discipline/?as={family.mothers_right.pk}").status_code == 404
    actor = gate.Actor(family.ms_reed)
    grant = gate.admit_as(actor, family.ana.ref, section("timeline"), family.mothers_right.pk)
    assert (gate.opens_too(grant, section("discipline")), gate.opens_too(grant, section("grades"))) == (
        False,
        True,
    )
    assert not grant.may_change


def test_an_adult_of_another_child_is_not_there(family, visit, record):
    for unknown in (family.bens_right.pk, 10**9):
        assert visit(family.ms_reed).get(f"{record}grades/?as={unknown}").status_code == 404


def test_links_keep_what_they_ask_for():
    page = '<main id="main"><a href="?show=all">A</a><a class="b" href="/home/">B</a><form>x</form></main>'
    assert _read_only(page, "/staff/students/x/record/", 7) == (
        '<main id="main"><a href="?show=all&amp;as=7">A</a>B</main>'
    )


# What an order hides


@pytest.fixture
def ordered(family):
    """Ana has a bus and three people the school calls, her mother among them; her father may see records."""
    Ride(
        **rostered("r-1"), student=family.ana, school=family.oak, direction="toSchool", at=time(6, 52),
        route="3142", stop="Soto St & 4th St", days="mon,tue,wed,thu,fri",
    ).save()  # fmt: skip
    for n, (name, guardian) in enumerate(
        (
            ("Marisol", family.mothers_right.guardian),
            ("Luis", family.fathers_right.guardian),
            ("Sam", None),
        ),
        1,
    ):
        EmergencyContact.rows.for_import().create(
            **rostered(f"c-{name}"), student=family.ana, priority=n, given_name=name, family_name="Called",
            relationship="neighbor", phone=f"+1213555014{n}", guardian=guardian,
        )  # fmt: skip
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(
        educational_rights="full", access_restriction="none"
    )
    family.fathers_right.refresh_from_db()
    return family


def order(family, right, **switches: bool) -> CourtOrder:
    return CourtOrder.objects.create(
        student=family.ana, guardianship=right, kind="custody", court="C", number="1", begins=localdate(),
        **dict.fromkeys(CourtOrder.SWITCHES, False) | switches,
    )  # fmt: skip


def as_seen(visit, family, key: str, right=None) -> str:
    who = f"?as={right.pk}" if right else ""
    page = visit(family.ms_reed).get(f"/staff/students/{family.ana.ref}/record/{key}{who}").content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_as_an_adult_sees_it_hides_the_place_that_an_order_hides_from_that_adult_alone(ordered, visit):
    order(ordered, ordered.fathers_right, hide_location=True)
    for key in ("bus/", "", "timeline/"):
        assert "Soto St" not in as_seen(visit, ordered, key, ordered.fathers_right), key
        assert "6:52" not in as_seen(visit, ordered, key, ordered.fathers_right), key
    assert "Soto St" in as_seen(visit, ordered, "bus/", ordered.mothers_right)
    assert "Soto St" in as_seen(visit, ordered, "bus/")


def test_as_an_adult_sees_it_hides_the_other_adults_that_an_order_hides_from_that_adult_alone(ordered, visit):
    order(ordered, ordered.fathers_right, hide_adults=True)
    his, hers, own = (
        [
            name in as_seen(visit, ordered, "emergency-contacts/", right)
            for name in ("Marisol Called", "Luis Called", "Sam Called")
        ]
        for right in (ordered.fathers_right, ordered.mothers_right, None)
    )
    assert (his, hers, own) == ([False, True, True], [True] * 3, [True] * 3)


@pytest.mark.parametrize("switch", [None, *(each for each in CourtOrder.SWITCHES if each != "no_records")])
def test_what_staff_read_as_an_adult_is_what_that_adult_reads(ordered, switch):
    """Every section that is open to both, value by value, with and without each thing an order may hide."""
    if switch:
        order(ordered, ordered.fathers_right, **{switch: True})
    shut: list[tuple[str, object]] = []  # what his view does not open, and what he reads there himself
    for each in sections():
        with opened("family", ordered.father.pk):
            try:
                own = each.read(gate.admit(gate.Actor(ordered.father), ordered.ana.ref, each))
            except gate.NotOpen:
                own = None
        with opened("staff", ordered.ms_reed.pk), seeing_as(ordered.fathers_right.pk):
            try:
                grant = gate.admit_as(
                    gate.Actor(ordered.ms_reed), ordered.ana.ref, each, ordered.fathers_right.pk
                )
            except gate.NotHere:  # not open to the office
                continue
            except gate.NotOpen:
                shut.append((each.key, own))
                continue
            seen = each.read(grant)
        assert seen == own, each.key
    assert [key for key, own in shut if own is not None and key != "documents"] == []


def test_an_order_that_ended_hides_nothing_from_the_view(ordered, visit):
    made = order(ordered, ordered.fathers_right, hide_location=True)
    CourtOrder.objects.filter(pk=made.pk).update(lifted_at=now())
    assert "Soto St" in as_seen(visit, ordered, "bus/", ordered.fathers_right)


def test_looking_as_an_adult_ends_with_the_page_and_never_opens_anything(ordered):
    order(ordered, ordered.fathers_right, hide_location=True)
    with opened("staff", ordered.ms_reed.pk):
        with seeing_as(ordered.fathers_right.pk):
            assert confidential(ordered.ana)
        assert not confidential(ordered.ana)
    with opened("family", ordered.father.pk), seeing_as(ordered.mothers_right.pk):
        assert confidential(ordered.ana)
