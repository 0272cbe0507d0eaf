"""T8: staff read the parents' pages and change nothing; what a chosen adult sees is shown too."""

import re

import pytest
from django.urls import reverse

from portal.access import gate
from portal.access.models import Post
from portal.audit.models import Access
from portal.family.models import Guardianship
from portal.record.contents import section, sections
from portal.staff.record import _read_only

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
