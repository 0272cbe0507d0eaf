"""Bus routes: when and where, what is different today, and for whom the stop is never shown."""

import re
from datetime import date, time
from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from portal.family.models import ContactPoint, Guardianship
from portal.record import glances
from portal.record.contents import section
from portal.record.section import Place
from portal.record.timeline import Change, Happening
from portal.sections.bus.models import Notice, Ride
from portal.sections.bus.reading import Bus, Stop, read
from portal.sections.bus.timeline import events
from tests.cast import Cast, rostered

BUS = section("bus")
WEDNESDAY = date(2026, 10, 7)


def a_ride(family: Cast, direction: str, at: str, **more: object) -> Ride:
    values = {"route": "3142", "stop": "Soto St & 4th St", "days": "mon,tue,wed,thu,fri"} | more
    made = Ride(
        **rostered(f"{direction}-{at}-{values['route']}"), student=family.ana, school=family.oak, direction=direction,
        at=time.fromisoformat(at), **values,
    )  # fmt: skip
    made.save()
    return made


def a_notice(state: str, *, on: date = WEDNESDAY, **more: object) -> None:
    Notice.objects.create(**rostered(f"n-{state}-{on}"), route="3142", on=on, state=state, **more)


@pytest.fixture
def riding(on) -> Cast:
    """Ana has a bus in the morning and after school, and it is Wednesday."""
    family = on(WEDNESDAY)
    a_ride(family, "fromSchool", "15:20", vehicle="Bus 42")
    a_ride(
        family,
        "toSchool",
        "06:52",
        latitude=Decimal("34.040200"),
        longitude=Decimal("-118.206300"),
        ends=date(2027, 6, 4),
    )
    return family


def page_of(family: Cast, visit) -> str:
    return visit(family.mother).get(f"/students/{family.ana.ref}/bus/").content.decode()


def test_a_parent_reads_when_and_where_the_bus_comes(riding, admit):
    every_day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    assert read(admit(riding.mother, riding.ana, BUS)) == Bus(
        morning=(
            Stop(
                at=time(6, 52), place="Soto St & 4th St", route="3142", vehicle="", days=every_day,
                every_school_day=True, today=True, from_=None, changes=(),
                walk="https://www.openstreetmap.org/directions?engine=fossgis_osrm_foot&to=34.040200,-118.206300",
            ),
        ),
        afternoon=(
            Stop(
                at=time(15, 20), place="Soto St & 4th St", route="3142", vehicle="Bus 42", days=every_day,
                every_school_day=True, today=True, from_=None, changes=(), walk="",
            ),
        ),
        hidden=False, early_minutes=10, meet=False, miles=2, dispatch_phone="+12135550131",
    )  # fmt: skip


def test_the_page_says_the_times_before_the_place(riding, visit):
    page = page_of(riding, visit)
    assert "The morning bus comes at 6:52\u00a0AM. The bus home leaves at 3:20\u00a0PM." in re.sub(
        r"[ \n]+", " ", page
    )
    assert page.index("6:52\u00a0AM") < page.index("Soto St")
    assert "Be at the stop 10 minutes early." in page


def test_a_bus_that_is_late_today_is_said_on_top_and_on_the_home_page(riding, visit, admit):
    a_notice("delayed", minutes=12, direction="toSchool", text="Traffic")
    a_notice("cancelled", on=date(2026, 10, 8))
    assert "The 6:52\u00a0AM bus is about 12 minutes late today." in page_of(riding, visit)
    fact = glances.said([(BUS, [admit(riding.mother, riding.ana, BUS)])])[riding.ana.pk]["bus"]
    assert str(fact.tile) == "Changed today"
    assert [(need.rank, str(need.sentence), need.detail) for need in fact.needs] == [
        (0, "<bdi>Ana</bdi>: the 6:52\u00a0AM bus is not as planned today", "Late · 12 min")
    ]


def test_a_notice_of_another_source_with_the_same_route_is_not_hers(riding, admit):
    Notice.objects.create(
        **(rostered("n") | {"source": "charter"}), route="3142", on=WEDNESDAY, state="cancelled"
    )
    assert read(admit(riding.mother, riding.ana, BUS)).changed == ()


def test_a_ride_that_ended_is_gone_and_one_to_come_says_from_when(riding, admit):
    a_ride(riding, "toSchool", "07:30", route="1", ends=date(2026, 10, 6))
    a_ride(riding, "toSchool", "07:45", route="2", begins=date(2026, 11, 2))
    stops = read(admit(riding.mother, riding.ana, BUS)).morning
    assert [(stop.route, stop.today, stop.from_) for stop in stops] == [
        ("3142", True, None),
        ("2", False, date(2026, 11, 2)),
    ]


def test_a_tile_says_the_morning_time_a_day_without_a_bus_and_a_child_without_one(on, admit):
    family = on(WEDNESDAY)
    grants = [admit(family.mother, family.ana, BUS)]

    def tile() -> tuple[str, Place]:
        fact = glances.said([(BUS, grants)])[family.ana.pk]["bus"]
        return str(fact.tile), fact.place

    assert tile() == ("No bus", Place.WITHOUT)
    ride = a_ride(family, "toSchool", "06:52", days="mon,tue")
    assert tile() == ("No bus today", Place.GROUP)
    ride.days = "wed"
    ride.save()
    assert tile() == ("Bus at 6:52\u00a0AM", Place.GROUP)


def test_no_bus_says_how_to_ask_for_one(on, visit):
    page = page_of(on(WEDNESDAY), visit)
    assert "<bdi>Ana</bdi> does not have a bus." in page
    assert "more than 2 miles from school" in page


def test_limited_rights_find_the_section_closed(riding, visit):
    Guardianship.objects.filter(pk=riding.mothers_right.pk).update(educational_rights="limited")
    answer = visit(riding.mother).get(f"/students/{riding.ana.ref}/bus/")
    assert answer.status_code == 403
    assert "Soto" not in answer.content.decode()


@pytest.mark.parametrize("whose", ["mothers_right", "fathers_right"])
def test_a_family_with_a_confidential_address_has_no_stop_on_any_page(riding, visit, admit, whose):
    ContactPoint.objects.create(
        **rostered("safe"),
        guardian=getattr(riding, whose).guardian,
        kind="mailAddress",
        value="PO Box 1",
        do_not_publish=True,
    )
    reading = read(admit(riding.mother, riding.ana, BUS))
    assert (reading.hidden, reading.rides) == (True, ())
    page = page_of(riding, visit)
    assert "To keep your family safe, the bus stop of <bdi>Ana</bdi> is not shown here." in page
    home = visit(riding.mother).get("/home/").content.decode()
    grants = [admit(riding.mother, riding.ana, BUS)]
    assert str(glances.said([(BUS, grants)])[riding.ana.pk]["bus"].tile) == "Not shown here"
    assert not any(word in page + home for word in ("Soto", "6:52", "3142"))


def test_classic_mode_shows_two_short_tables(riding, visit):
    riding.mother.classic = True
    riding.mother.save()
    page = page_of(riding, visit)
    assert (page.count("<table"), "<svg" in page, len(page.encode()) < 10_000) == (2, False, True)


def test_a_changed_ride_is_told_once_for_a_student_without_its_place():
    def ride(**more: object) -> Ride:
        return Ride(student_id=7, stop="New corner", route="1", at=time(7), **more)

    today = localdate()
    changed = Change(
        ride(), {"stop": "Old corner", "route": "1", "at": time(7), "days": "", "begins": None, "ends": None}
    )
    new, gone = Change(ride(), {}), Change(ride(active=False), {"stop": "New corner"})
    assert list(events([new, new, changed, gone])) == [
        Happening("bus.new", 7, today),
        Happening("bus.changed", 7, today),
        Happening("bus.ended", 7, today),
    ]
