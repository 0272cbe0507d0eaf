"""A parent keeps their own numbers, several children at once, and reads truly how far a change has come."""

import re
from datetime import timedelta

import pytest
from django.core import mail as postbox
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now

from portal.audit.models import Access
from portal.family.models import ContactPoint, Guardian, Guardianship
from portal.people import jobs as people_jobs
from portal.people import limits, texts
from portal.record import glances
from portal.record.contents import section as section_of
from portal.sections.emergency_contacts import acts, reading
from portal.sections.emergency_contacts.models import CellProof, EmergencyContact, NumberChange, YearlyCheck
from portal.sis import outbox
from portal.sis.connectors import Accepted, Desk, Refused
from portal.sis.models import Outgoing, Run
from tests import cast
from tests.cast import rostered
from tests.people.conftest import words

OLD, NEW = "+12135550141", "+12135550142"
CARD = {
    "home": "",
    "work": "",
    "cell": "213.555.0142",
    "preferred": "cell",
    "contact_by": "call",
    "text_opt_in": "on",
}
SENT: list[tuple[str, str]] = []


class Phone:
    """A sender that remembers."""

    def send(self, to, text):
        SENT.append((to, text))


@pytest.fixture(autouse=True)
def phone(settings):
    SENT.clear()
    settings.TEXT_SENDER = f"{__name__}.Phone"


@pytest.fixture
def section():
    return section_of("emergency-contacts")


@pytest.fixture
def family(family):
    point(family.mothers_right.guardian, "mobile", OLD, is_primary=True)
    return family


@pytest.fixture
def leo(family):
    """Ana's brother, also linked to their mother."""
    made = family.ana.__class__.objects.create(
        **rostered("leo"), student_id="204520X329", given_name="Leo", family_name="Reyes", grade="03",
        school=family.oak, entered_on=family.ana.entered_on, birth_date=family.ben.birth_date,
    )  # fmt: skip
    cast.link(family.mother, cast.guardianship(made, family.mothers_right.guardian))
    return made


def point(guardian, kind, value, **more):
    return ContactPoint.objects.create(
        **rostered(f"{guardian.sourced_id}-{kind}"), guardian=guardian, kind=kind, value=value, **more
    )


def contact(student, priority, given, relationship="neighbor", phone="+12135550177", **more):
    row = EmergencyContact(
        **rostered(f"{student.sourced_id}-{given}"), student=student, priority=priority, given_name=given,
        relationship=relationship, phone=phone, **more,
    )  # fmt: skip
    row.save()
    return row


def address(student, name=""):
    return reverse(f"emergency-contacts{name and '_' + name}", args=[student.ref])


def own(family, admit, section, who=None):
    return section.read(admit(who or family.mother, family.ana, section)).own


def changes():
    rows = NumberChange.rows.for_import().order_by("pk")
    return [(row.student.sourced_id, row.field, row.old, row.new) for row in rows]


class Told:
    once_only = True

    def __init__(self, outcome):
        self.outcome = outcome

    def deliver(self, key, payload):
        return self.outcome


def test_the_page_reads_the_four_blocks(family, admit, section):
    contact(family.ana, 1, "Marisol", "mother", OLD, guardian=family.mothers_right.guardian)
    contact(family.ana, 2, "Rosa", "grandparent", "(213) 555-0177")
    point(
        family.mothers_right.guardian,
        "homeAddress",
        "1 Oak St",
        city="Los Angeles",
        state="CA",
        postal_code="90001",
    )
    read = section.read(admit(family.mother, family.ana, section))
    assert read == reading.Emergency(
        own=reading.Own(
            numbers=(
                reading.Number(reading.Field.HOME, "", ""),
                reading.Number(reading.Field.WORK, "", ""),
                reading.Number(reading.Field.CELL, OLD, ""),
            ),
            preferred="cell", contact_by="", text_opt_in=None, save=None, to_confirm="", version=read.own.version,
            check=False,
        ),
        people=(
            reading.Called(1, "Marisol", "Mother", "41", me=True),
            reading.Called(2, "Rosa", "Grandparent", "77", me=False),
        ),
        address=("1 Oak St", "Los Angeles, CA 90001"),
        history=(),
        texts=True,
    )  # fmt: skip


def test_a_mother_changes_her_cell_for_two_children_and_the_school_gets_both(
    family, leo, visit, section, admit
):
    client = visit(family.mother)
    answer = client.post(address(family.ana, "change"), CARD | {"students": [leo.ref]}, follow=True)
    assert "Saved. Sending to the school." in words(answer)
    assert changes() == [
        (student, field, old, new)
        for student in ("ana", "leo")
        for field, old, new in (("cell", OLD, NEW), ("contact_by", "", "call"), ("text_opt_in", "", "yes"))
    ]
    sent = [outbox.payload_of(row) for row in Outgoing.rows.for_import().order_by("pk")]
    assert sent == [
        {
            "student": student,
            "guardian": "g-marisol",
            "fields": {"cell": NEW, "contact_by": "call", "text_opt_in": True},
        }
        for student in ("ana", "leo")
    ]
    assert own(family, admit, section).save.state == "waiting"
    noted = Access.objects.filter(action="change").values_list("student__sourced_id", flat=True)
    assert sorted(noted) == ["ana", "leo"]
    outbox.drain(Desk())
    assert "The school has it." in words(client.get(address(family.ana)))
    assert own(family, admit, section).numbers[2] == reading.Number(reading.Field.CELL, NEW, "213.555.0142")


def test_a_child_that_is_not_ticked_keeps_its_numbers(family, leo, visit):
    visit(family.mother).post(address(family.ana, "change"), CARD)
    assert {student for student, *_rest in changes()} == {"ana"}


def test_a_form_sent_by_hand_for_somebody_elses_child_changes_only_ones_own(family, visit):
    visit(family.mother).post(address(family.ana, "change"), CARD | {"students": [family.ben.ref]})
    assert {student for student, *_rest in changes()} <= {"ana"}


def test_the_consent_is_kept_with_its_words_and_its_language(family, visit):
    family.mother.language = "es"
    family.mother.save()
    visit(family.mother).post(address(family.ana, "change"), CARD)
    row = NumberChange.rows.for_import().get(field="text_opt_in")
    with translation.override("es"):
        assert row.consent == f"es: {acts.CONSENT}"
    assert "STOP" in row.consent


def test_a_mail_says_that_something_changed_and_nothing_else(family, visit):
    visit(family.mother).post(address(family.ana, "change"), CARD)
    people_jobs.deliver_waiting()
    (letter,) = postbox.outbox
    assert (letter.to, letter.subject) == (["marisol@example.org"], "Your contact details were changed")
    for secret in ("Ana", "Reyes", "Oak", "0142"):
        assert secret not in letter.body


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"cell": "555 0142"}, "Enter a phone number with area code, like 213 555 0142."),
        ({"preferred": ""}, "Choose which number we call first."),
        ({"preferred": "work"}, "Choose which number we call first."),
        ({"contact_by": ""}, "Choose how we reach you."),
        (
            {"cell": "", "home": "213 555 0142", "preferred": "home", "contact_by": "text"},
            "Enter a cell phone number",
        ),
        ({"contact_by": "pigeon"}, "Choose one from the list."),
    ],
)
def test_a_mistake_is_named_and_everything_typed_stays(family, visit, typed, says):
    answer = visit(family.mother).post(address(family.ana, "change"), CARD | typed)
    assert answer.status_code == 422
    assert says in words(answer)
    assert changes() == []


def test_the_same_form_twice_saves_once(family, visit):
    client = visit(family.mother)
    once = re.search(
        r'name="once" value="([^"]+)"', client.get(address(family.ana, "change")).content.decode()
    )[1]
    for _ in range(2):
        assert client.post(address(family.ana, "change"), CARD | {"once": once}).status_code == 302
    assert len(changes()) == 3


def test_saving_without_a_change_sends_nothing_and_says_so(family, visit):
    same = CARD | {"cell": OLD, "text_opt_in": ""}
    client = visit(family.mother)
    client.post(address(family.ana, "change"), same)
    before = len(changes())
    answer = client.post(address(family.ana, "change"), same, follow=True)
    assert len(changes()) == before == 1  # only how she is reached was new
    assert "Saved." in words(answer)


def test_a_change_the_school_refuses_is_told_with_what_to_do(family, visit, admit, section):
    client = visit(family.mother)
    client.post(address(family.ana, "change"), CARD)
    outbox.drain(Told(Refused(Outgoing.Reason.INVALID)))
    page = words(client.get(address(family.ana)))
    assert "The school could not take your last change. The school system did not accept the number." in page
    assert "(213) 555-0120" in page
    assert own(family, admit, section).numbers[2].value == OLD
    assert "The school could not take your new numbers for Ana" in words(client.get(reverse("home")))
    client.post(address(family.ana, "change"), CARD | {"cell": "213 555 0143"})
    outbox.drain(Told(Accepted()))
    assert own(family, admit, section).save.state == "accepted"
    assert "could not take" not in words(client.get(reverse("home")))


def test_an_import_never_overwrites_what_is_on_its_way(family, visit, admit, section):
    visit(family.mother).post(address(family.ana, "change"), CARD)
    imported(family, "+12135550199")
    assert own(family, admit, section).numbers[2].value == NEW
    outbox.drain(Desk())
    assert own(family, admit, section).numbers[2].value == NEW  # the import came before the school had it
    imported(family, "+12135550198")
    assert own(family, admit, section).numbers[2].value == "+12135550198"
    assert "(213) 555-0198" in words(
        visit(family.mother).get(address(family.ana))
    )  # the portal asks, behind the wall


def imported(family, value):
    """A later import that changes the mother's cell."""
    run = Run.objects.create(source="sis", bundle="companion", name="later")
    Run.objects.filter(pk=run.pk).update(began_at=now())
    ContactPoint.objects.filter(guardian=family.mothers_right.guardian, kind="mobile").update(
        value=value, run_id=run.pk
    )


def test_a_number_the_school_changed_meanwhile_is_shown_beside_what_was_typed(family, visit):
    client = visit(family.mother)
    form = client.get(address(family.ana, "change")).content.decode()
    version = re.search(r'name="version" value="([^"]+)"', form)[1]
    imported(family, "+12135550199")
    answer = client.post(address(family.ana, "change"), CARD | {"version": version})
    page = words(answer)
    assert answer.status_code == 422
    assert "The school changed this number on" in page
    assert "The school has (213) 555-0199 now." in page
    assert "213.555.0142" in answer.content.decode()
    assert changes() == []
    fresh = re.search(r'name="version" value="([^"]+)"', answer.content.decode())[1]
    assert client.post(address(family.ana, "change"), CARD | {"version": fresh}).status_code == 302
    assert ("ana", "cell", "+12135550199", NEW) in changes()


def test_the_form_shows_what_counts_now_and_ticks_every_child(family, leo, visit):
    page = visit(family.mother).get(address(family.ana, "change")).content.decode()
    assert 'value="(213) 555-0141"' in page
    assert re.search(rf'value="{leo.ref}"[^>]*checked', page)
    assert family.ben.ref not in page


def test_a_person_of_one_name_is_called_by_it(family, admit, section):
    """Systems that want two names write a dash for the second."""
    contact(family.ana, 1, "Abeba", "relative", family_name="-")
    assert [one.name for one in section.read(admit(family.mother, family.ana, section)).people] == ["Abeba"]


# Who else is looking


def test_another_adults_numbers_are_masked_and_one_an_order_keeps_away_is_absent(family, admit, section):
    contact(
        family.ana, 1, "Luis", "father", "+12135550166", guardian=family.fathers_right.guardian
    )  # no records
    hidden = Guardian.objects.create(**rostered("g-hidden"), given_name="Vera", family_name="Reyes")
    point(hidden, "home", "+12135550155", do_not_publish=True)
    contact(family.ana, 2, "Vera", "relative", "+12135550155", guardian=hidden)
    contact(family.ana, 3, "Rosa", "grandparent", "+12135550177")
    assert [
        (one.name, one.ends_with) for one in section.read(admit(family.mother, family.ana, section)).people
    ] == [("Rosa", "77")]


def test_a_page_shows_no_whole_number_of_anybody_else(family, visit):
    contact(family.ana, 1, "Rosa", "grandparent", "+12135550177")
    client = visit(family.mother)
    for name in ("", "json"):
        page = client.get(address(family.ana, name) if name else address(family.ana)).content.decode()
        assert "5550177" not in re.sub(r"\D", "", page)


def test_two_parents_keep_their_own_cards(family, visit, admit, section):
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(access_restriction="none")
    visit(family.mother).post(address(family.ana, "change"), CARD)
    assert own(family, admit, section, family.father).numbers[2].value == ""
    assert section.read(admit(family.father, family.ana, section)).history == ()


def test_staff_read_the_list_and_no_parents_card(family, admit, section):
    contact(family.ana, 1, "Rosa", "grandparent", "+12135550177")
    read = section.read(admit(family.ms_reed, family.ana, section))
    assert (read.own, len(read.people), read.history) == (None, 1, ())


def test_a_confidential_address_stands_on_no_page(family, admit, section):
    point(family.mothers_right.guardian, "homeAddress", "1 Oak St", do_not_publish=True)
    assert section.read(admit(family.mother, family.ana, section)).address == ()


# A new cell number


def text_messages():
    """What was texted, after the jobs ran."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    for job in ProcrastinateJob.objects.filter(task_name=texts.DELIVER).order_by("pk"):
        assert "555" not in str(job.args)
        texts.send(**job.args)
    return SENT


def test_a_new_cell_number_is_confirmed_by_six_digits(family, visit, admit, section):
    client = visit(family.mother)
    client.post(address(family.ana, "change"), CARD)
    assert own(family, admit, section).to_confirm == NEW
    ((to, text),) = text_messages()
    code = re.search(r"\d{6}", text)[0]
    assert to == NEW
    wrong = client.post(address(family.ana, "confirm_cell"), {"code": f"{(int(code) + 1) % 1_000_000:06}"})
    assert "These are not the digits we texted" in words(wrong)
    answer = client.post(address(family.ana, "confirm_cell"), {"code": code}, follow=True)
    assert "Your cell number is confirmed." in words(answer)
    assert own(family, admit, section).to_confirm == ""
    assert CellProof.objects.get().code_hash == ""


def test_after_five_wrong_tries_the_code_must_wait(family, visit):
    client = visit(family.mother)
    client.post(address(family.ana, "change"), CARD)
    for _ in range(5):  # counted on a connection of its own, so a refused try stays counted
        limits.hit("code_tries", f"cell {family.mother.pk} {NEW}")
    ((_to, text),) = text_messages()
    right = {"code": re.search(r"\d{6}", text)[0]}
    assert client.post(address(family.ana, "confirm_cell"), right).status_code == 429


def test_a_code_is_sent_three_times_an_hour_and_saving_goes_on(family, visit):
    client = visit(family.mother)
    client.post(address(family.ana, "change"), CARD)
    answers = [client.post(address(family.ana, "text_code")).status_code for _ in range(3)]
    assert answers == [302, 302, 429]


def test_an_old_code_does_not_count(family, visit):
    client = visit(family.mother)
    client.post(address(family.ana, "change"), CARD)
    CellProof.objects.update(expires_at=now() - timedelta(seconds=1))
    ((_to, text),) = text_messages()
    assert (
        client.post(address(family.ana, "confirm_cell"), {"code": re.search(r"\d{6}", text)[0]}).status_code
        == 422
    )


def test_without_a_sender_nothing_is_asked(family, visit, settings, admit, section):
    settings.TEXT_SENDER = ""
    visit(family.mother).post(address(family.ana, "change"), CARD)
    assert own(family, admit, section).to_confirm == ""
    assert text_messages() == []


# Once a year


def test_after_a_year_the_home_page_asks_and_yes_is_an_answer(family, leo, visit):
    client = visit(family.mother)
    question = "Are your emergency numbers still right?"
    assert question not in words(client.get(reverse("home")))
    YearlyCheck.objects.create(person=family.mother, at=now() - timedelta(days=366))
    assert words(client.get(reverse("home"))).count(question) >= 1
    assert client.post(address(family.ana, "still_right")).status_code == 302
    assert question not in words(client.get(reverse("home")))


def test_what_every_tile_says_costs_one_query(family, leo, admit, section, django_assert_num_queries):
    for student in (family.ana, leo):
        contact(student, 1, "Rosa")
    grants = [admit(family.mother, student, section) for student in (family.ana, leo)]
    with django_assert_num_queries(1):
        facts = glances.said([(section, grants)])
    assert [str(facts[student.pk][section.key].tile) for student in (family.ana, leo)] == [
        "1 person to call"
    ] * 2


def test_a_page_costs_as_many_queries_with_ten_people_as_with_one(
    family, admit, section, django_assert_max_num_queries
):
    for n in range(10):
        contact(family.ana, n, f"N{n}")
    grant = admit(family.mother, family.ana, section)
    with django_assert_max_num_queries(7):
        section.read(grant)


def test_the_classic_twin_says_the_same(family, visit):
    contact(family.ana, 1, "Rosa", "grandparent")
    family.mother.classic = True
    family.mother.save()
    client = visit(family.mother)
    client.post(address(family.ana, "change"), CARD)
    page = client.get(address(family.ana))
    assert "Saved. Sending to the school." in words(page)
    assert len(page.content) < 10_000
    assert "<svg" not in page.content.decode()
