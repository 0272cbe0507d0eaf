"""Columns of transportation.csv and busNotices.csv. Source: our companion CSV set, version 1.0.

`busNotices.csv` is our own addition to the set. Of transportation.csv we leave out who runs the bus and special needs:
no page of a family has use for them.
"""

from portal.record.feed import Column, Feed, Kind
from portal.sections.bus.models import ALWAYS, Direction, Notice, Ride, Weekday
from portal.students.models import Org, Student

rides = Feed(
    file="transportation.csv",
    into=Ride,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("schoolSourcedId", "school", Kind.REFERENCE, required=True, to=Org),
        Column("direction", "direction", Kind.CODE, required=True, codes=Direction.values, longest=10),
        Column("routeName", "route", required=True, longest=40),
        Column("vehicleLabel", "vehicle", longest=40),
        Column("stopName", "stop", required=True),
        Column("stopLat", "latitude", Kind.DECIMAL),
        Column("stopLon", "longitude", Kind.DECIMAL),
        Column("scheduledTime", "at", Kind.CLOCK, required=True),
        Column("days", "days", Kind.CODES, required=True, codes=Weekday.values, longest=40),
        Column("beginDate", "begins", Kind.DAY, default=ALWAYS),
        Column("endDate", "ends", Kind.DAY),
    ),
    check=(
        ("ends IS NULL OR begins <= ends", "ends_before_it_begins"),
        ("latitude IS NULL OR latitude BETWEEN -90 AND 90", "out_of_range"),
        ("longitude IS NULL OR longitude BETWEEN -180 AND 180", "out_of_range"),
        ("direction IN ('toSchool', 'fromSchool')", "unknown_code"),
        ("strpos(days, 'ext:') = 0", "unknown_code"),
    ),
)

notices = Feed(
    file="busNotices.csv",
    into=Notice,
    columns=(
        Column("routeName", "route", required=True, longest=40),
        Column("date", "on", Kind.DAY, required=True),
        Column("direction", "direction", Kind.CODE, codes=Direction.values, longest=10),
        Column("state", "state", Kind.CODE, required=True, codes=Notice.State.values),
        Column("minutes", "minutes", Kind.WHOLE),
        Column("text", "text", longest=500),
    ),
    check=(
        ("minutes IS NULL OR minutes <= 600", "out_of_range"),
        ("direction IN ('', 'toSchool', 'fromSchool')", "unknown_code"),
    ),
)

feeds = (rides, notices)
