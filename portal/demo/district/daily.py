"""What families ask about every day: lunch, the bus, library books, devices on loan, papers.

Dates stand around the bundle's day, so that there is always a menu for this week and a book that is due.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from random import Random

from portal.demo.district import cast
from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.draw import draw_for
from portal.demo.district.people import School, Student
from portal.demo.district.teaching import Clock

WEEKS_OF_MENUS = 4
BREAKFASTS = (
    ("Whole-grain pancakes", "milk,egg,wheat", "vegetarian", 42),
    ("Oatmeal with berries", "", "vegan,vegetarian,halal", 38),
    ("Egg and cheese muffin", "milk,egg,wheat", "vegetarian", 30),
    ("Yogurt and granola", "milk,treeNut", "vegetarian,halal", 35),
    ("Breakfast burrito", "milk,egg,wheat", "", 40),
)
LUNCHES = (
    ("Cheese pizza", "milk,wheat", "vegetarian", 44),
    ("Chicken teriyaki bowl", "soy,sesame,wheat", "halal", 58),
    ("Bean and rice burrito", "wheat", "vegan,vegetarian", 61),
    ("Turkey sandwich", "milk,wheat,egg", "", 39),
    ("Fish tacos", "fish,wheat", "", 41),
    ("Pasta with tomato sauce", "wheat", "vegan,vegetarian,halal", 66),
    ("Beef chili", "", "", 33),
)
SALAD = ("Salad and fruit bar", "", "vegan,vegetarian,halal", 20)
BOOKS = (
    ("The House on Mango Street", "Sandra Cisneros"),
    ("Esperanza Rising", "Pam Muñoz Ryan"),
    ("Charlotte's Web", "E. B. White"),
    ("Hidden Figures", "Margot Lee Shetterly"),
    ("Persepolis", "Marjane Satrapi"),
    ("A Wrinkle in Time", "Madeleine L'Engle"),
)
CORNERS = (
    ("Peppertree St & 4th St", 34.041, -118.210), ("Juniper Row & Main St", 33.988, -118.300),
    ("Harbor Light Dr & 9th St", 33.739, -118.292), ("Almond Blossom Ave & Oak St", 34.285, -118.440),
    ("Camphor Ln & 1st St", 33.960, -118.187), ("Sycamore Sq & Hill St", 34.078, -118.220),
)  # fmt: skip
STARTS = {"elementary": ("07:10", "14:45"), "middle": ("07:25", "15:05"), "high": ("07:05", "15:30")}
PUBLIC_LIBRARY = "Sample City Public Library"


@dataclass(frozen=True)
class Ride:
    route: str
    morning: str  # HH:MM
    afternoon: str
    corner: tuple[str, float, float]


@dataclass(frozen=True)
class Known:
    """What is fixed of a cast child. Days count from the bundle's day."""

    balance: str = ""
    low: bool = False
    granted: tuple[str, str, str] | None = None  # benefit, basis, applicant
    ride: Ride | None = None
    late_today: int = 0  # minutes of the morning bus
    books: tuple[tuple[int, int], ...] = ()  # (place in BOOKS, day it is due)
    card: str = ""  # state
    devices: tuple[tuple[str, str, str, int], ...] = ()  # device, reason, state, day it was asked for
    asked: tuple[tuple[str, str, int], ...] = ()  # kind, title, day it is due
    sent: tuple[tuple[str, str, int, str, str], ...] = ()  # kind, file, day, state, reason
    papers: tuple[tuple[str, str, int, bool], ...] = ()  # title, kind, day, signature


# fmt: off
KNOWN = {
    cast.ANA.id: Known(
        balance="12.50", granted=("free", "application", cast.MARISOL.id),
        ride=Ride("3142", "06:52", "15:20", ("Soto St & 4th St", 34.0402, -118.2063)), late_today=12,
        books=((0, 5),), card="issued", devices=(("laptop", "none", "issued", -60),),
        asked=(("immunizationRecord", "", 10),),
        sent=(("absenceNote", "doctor note.jpg", -20, "accepted", ""), ("proofOfResidence", "gas bill.pdf", -6, "rejected", "unreadable")),
        papers=(("Welcome letter, grade 9", "letter", -80, False), ("Field trip permission", "notice", -3, True)),
    ),
    cast.LEO.id: Known(
        balance="1.20", low=True, granted=("free", "application", cast.MARISOL.id), books=((5, -4), (3, 9)), card="issued",
        sent=(("absenceNote", "dentist.jpg", -1, "inReview", ""),),
    ),
    cast.MIA.id: Known(
        granted=("universal", "cep", ""), ride=Ride("2107", "07:12", "14:50", ("Peppertree St & 4th St", 34.0410, -118.2100)),
        books=((2, 2),),
    ),
    cast.BEN.id: Known(balance="6.00", granted=("universal", "cep", ""), asked=(("other", "Picture day form", 2),)),
    cast.KIAN.id: Known(
        balance="0.00", granted=("reduced", "application", cast.PARISA.id), devices=(("hotspot", "none", "ready", -9), ("charger", "broken", "returned", -200)),
        asked=(("medicalForm", "", 21),),
    ),
    cast.NILOUFAR.id: Known(balance="33.75", granted=("free", "directCertification", ""), books=((4, 12),), card="notIssued"),
    cast.MATEO.id: Known(card="issued", papers=(("Letter in Spanish", "letter", -12, False),)),
    cast.JORDAN.id: Known(
        balance="4.10", granted=("reduced", "application", cast.DANA.id),
        ride=Ride("4410", "07:05", "15:12", ("Harbor Light Dr & 9th St", 33.7390, -118.2920)),
        devices=(("laptop", "lost", "submitted", -2),), papers=(("Meeting summary", "iep", -15, True),),
    ),
    cast.KAILA.id: Known(ride=Ride("2107", "07:20", "14:50", ("Sycamore Sq & Hill St", 34.0780, -118.2200))),
    cast.LILY.id: Known(balance="2.00", granted=("paid", "application", cast.SAM.id)),
}
# fmt: on


def write(
    extra: Bundle, schools: tuple[School, ...], students: tuple[Student, ...], clock: Clock, seed: int
) -> None:
    """Append a neighbourhood's rows to the files of every day."""
    for school in schools:
        extra.write("schoolMenus", _menus(school, clock))
    levels = {school.id: school.level for school in schools}
    for student in students:
        known = KNOWN.get(student.id)
        if known is None and student.record is None:
            known = _drawn(levels[student.school], student, draw_for(seed, "daily", student.id))
        if known is not None:
            for name, rows in _rows(student, known, clock):
                extra.write(name, rows)


def _menus(school: School, clock: Clock) -> Iterator[Row]:
    monday = clock.today - timedelta(days=clock.today.weekday())
    days = [day for day in clock.year.days if monday <= day < monday + timedelta(weeks=WEEKS_OF_MENUS)]
    for day in days:
        n = day.toordinal()
        served = [("breakfast", BREAKFASTS[n % len(BREAKFASTS)])]
        served += [("lunch", LUNCHES[(n + step) % len(LUNCHES)]) for step in (0, 3)]
        for place, (meal, dish) in enumerate((*served, ("lunch", SALAD))):
            yield (f"{school.code}.{day}.{place}", school.id, day, meal, *dish)


def _drawn(level: str, student: Student, draw: Random) -> Known:
    """Invented: an account for most, a bus for some, a book for a few."""
    morning, afternoon = STARTS[level]
    return Known(
        balance=f"{draw.randrange(0, 4000) / 100:.2f}" if draw.random() < 0.6 else "",
        low=draw.random() < 0.05,
        ride=Ride(str(draw.randrange(1000, 9999)), morning, afternoon, draw.choice(CORNERS))
        if draw.random() < 0.12
        else None,
        books=((draw.randrange(len(BOOKS)), draw.randrange(-5, 20)),) if draw.random() < 0.1 else (),
    )


def _rows(student: Student, known: Known, clock: Clock) -> Iterator[tuple[str, list[Row]]]:
    today, year, id_ = clock.today, clock.year, student.id

    def on(days: int) -> date:
        return today + timedelta(days=days)

    if known.balance:
        low = "true" if known.low else "false"
        yield "mealAccounts", [(f"{id_}.meals", id_, known.balance, "USD", f"{today}T13:00:00.000Z", low)]
    if known.granted:
        benefit, basis, applicant = known.granted
        ends = date(year.ends, 6, 30)
        row = (f"{id_}.granted", id_, year.ends, benefit, basis, year.days[0], ends, applicant)
        yield "mealEligibility", [row]
    if known.ride:
        yield "transportation", list(_rides(student, known.ride, clock))
        if known.late_today and clock.is_school_day:
            notice = (known.ride.route, today, "toSchool", "delayed", known.late_today, "Traffic on Soto St")
            yield "busNotices", [(f"{known.ride.route}.{today}", *notice)]
    yield (
        "libraryLoans",
        [(f"{id_}.book.{n}", id_, *BOOKS[n], on(due - 21), on(due), "", "true") for n, due in known.books],
    )
    if known.card:
        digits = f"{sum(map(ord, id_)) * 37 % 10_000:04d}" if known.card == "issued" else ""
        yield "libraryCards", [(f"{id_}.card", id_, PUBLIC_LIBRARY, known.card, digits)]
    yield "deviceRequests", [_device(student, n, each, on) for n, each in enumerate(known.devices)]
    yield (
        "documentRequests",
        [
            (f"{id_}.asked.{n}", id_, kind, title, on(-7), on(due), "open")
            for n, (kind, title, due) in enumerate(known.asked)
        ],
    )
    yield (
        "sentDocuments",
        [
            (f"{id_}.sent.{n}", id_, kind, file, on(day), state, reason)
            for n, (kind, file, day, state, reason) in enumerate(known.sent)
        ],
    )
    yield (
        "documents",
        [
            (f"{id_}.paper.{n}", id_, title, kind, "en", f"{id_}-{n}.pdf", sha256(title.encode()).hexdigest(),
             f"{on(day)}T15:00:00.000Z", "", "true" if sign else "false")
            for n, (title, kind, day, sign) in enumerate(known.papers)
        ],
    )  # fmt: skip


def _rides(student: Student, ride: Ride, clock: Clock) -> Iterator[Row]:
    name, latitude, longitude = ride.corner
    for direction, at in (("toSchool", ride.morning), ("fromSchool", ride.afternoon)):
        yield (
            f"{student.id}.{direction}", student.id, student.school, direction, ride.route, f"Bus {ride.route[-2:]}",
            name, "", latitude, longitude, at, "mon,tue,wed,thu,fri", clock.year.days[0], clock.year.days[-1],
        )  # fmt: skip


def _device(student: Student, n: int, asked: tuple[str, str, str, int], on: Callable[[int], date]) -> Row:
    device, reason, state, day = asked
    issued = on(day + 5) if state in ("issued", "returned") else ""
    back = on(200) if state == "issued" else ""
    place = "School library" if state in ("ready", "issued", "returned") else ""
    return (f"{student.id}.device.{n}", student.id, device, reason, state, on(day), place, issued, back)
