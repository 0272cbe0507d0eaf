"""The people everyone knows: the same families and staff in every bundle, whatever its seed and size.

Tests, demo pages and screenshots read this file; the generator writes it out. Ids are stable. Birth dates fit the
school year 2026-27; a bundle for another year moves them by whole years, so that a ninth-grader stays fourteen
(`born`). All people are invented, phones are 555-01xx, mail goes to example.org.
"""

from datetime import date, timedelta

from portal.demo.district.people import Address, Adult, Event, Record, School, Staff, Student, Tie
from portal.demo.district.year import school_year

# A person in a few full lines reads better than one argument a line.
# fmt: off

OAK = School("cast-oak", "2101", "Oak Elementary", "elementary", "East")
MAR_VISTA = School("cast-mar-vista", "8101", "Mar Vista Middle", "middle", "West")
LINCOLN = School("cast-lincoln", "8701", "Lincoln High", "high", "East")
SCHOOLS = (OAK, MAR_VISTA, LINCOLN)

# --- Staff ----------------------------------------------------------------------------------------------------

REED = Staff(
    "cast-reed", "Joan", "Reed", "siteAdministrator", OAK.id, "joan.reed@schools.example.org", "400101", True,
    "Office manager at Oak, may give PINs. Find a student, go through the checklist, print the letter.",
)
LEE = Staff(
    "cast-lee", "Hana", "Lee", "siteAdministrator", LINCOLN.id, "hana.lee@schools.example.org", "400102", True,
    "Office manager at Lincoln, may give PINs. Give Luis Reyes his own PIN; students of Oak are not hers.",
)
HALL = Staff(
    "cast-hall", "Patricia", "Hall", "principal", OAK.id, "patricia.hall@schools.example.org", "400103", True,
    "Principal at Oak. Reads every record of Oak and nothing beyond it. At the registrar's desk she is the second person.",
)
ITO = Staff(
    "cast-ito", "Samuel", "Ito", "principal", MAR_VISTA.id, "samuel.ito@schools.example.org", "400104", True,
    "Principal at Mar Vista. Sees that Katya Sokolova has left.",
)
PIERCE = Staff(
    "cast-pierce", "Yolanda", "Pierce", "principal", LINCOLN.id, "yolanda.pierce@schools.example.org", "400105", True,
    "Principal at Lincoln. Her name and e-mail stand under the course summary of Ana and Niloufar.",
)
ORTIZ = Staff(
    "cast-ortiz", "Rafael", "Ortiz", "teacher", LINCOLN.id, "rafael.ortiz@schools.example.org", "400106", False,
    "Teaches Algebra 1 at Lincoln, Ana's first period. Has no PIN rights.",
)
AVETISYAN = Staff(
    "cast-avetisyan", "Nune", "Avetisyan", "teacher", OAK.id, "nune.avetisyan@schools.example.org", "400107", False,
    "Case manager at Oak, of Mateo's plan and of Ben's evaluation. She has no account.",
)
VEGA = Staff(
    "cast-vega", "Inés", "Vega", "siteAdministrator", OAK.id, "ines.vega@schools.example.org", "400108", False,
    "Registrar at Oak. Her desk keeps Ben's court order, and waits for Patricia Hall to agree to full rights for Elena Delgado.",
)
STAFF = (REED, LEE, HALL, ITO, PIERCE, ORTIZ, VEGA)

# --- Adults ---------------------------------------------------------------------------------------------------

_PEPPER_STREET = Address("1234 1/2 S Peppertree St", "Apt 5", "Sample City", "90063")

MARISOL = Adult(
    "cast-marisol", "Marisol", "Reyes", "es", "marisol.reyes@example.org", "+12135550101", _PEPPER_STREET,
    home="+12135550102", work="+13235550103",
    story="Mother of four children at three schools, reads Spanish. One home page for all, one list of missing work.",
)
LUIS = Adult(
    "cast-luis", "Luis", "Reyes", "es", "luis.reyes@example.org", "+13235550104",
    Address("15711 Marigold St", "#203", "Bell", "90201"),
    story="Father of Ana and Leo in another home, full rights. His PIN is his own; Marisol's phone is not shown to him.",
)
ROSA_DIAZ = Adult(
    "cast-rosa-diaz", "Rosa", "Diaz", "es", "rosa.diaz@example.org", "+13235550105",
    Address("88 Cypress Walk", "", "Maywood", "90270"),
    story="Aunt of the Reyes children, a contact only and not verified. The counter must not give her a PIN.",
)
GRACE = Adult(
    "cast-grace", "Grace", "Okafor", "en", "grace.okafor@example.org", "+13105550106",
    Address("402 Juniper Row", "", "Lomita", "90717-1234"), work="+13105550107",
    story="Mother of Ben, full rights. Her son's class often takes attendance late: see the words for not taken yet.",
)
DANIEL = Adult(
    "cast-daniel", "Daniel", "Okafor", "en", "daniel.okafor@example.org", "+13105550108",
    Address("9 Old Mill Ct", "", "Carson", "90745"),
    story="Father of Ben without access to records, by court order. Gets no PIN, and a page that gives no reason.",
)
PARISA = Adult(
    "cast-parisa", "Parisa", "Rostami-Nejad", "fa", "parisa.rostami@example.org", "+18185550109",
    Address("2207 Almond Blossom Ave", "Unit B", "San Fernando", "91340"),
    story="Mother of Kian and Niloufar, reads Persian. Mirrored pages; Latin IDs and e-mails stay whole.",
)
ROSA_DELGADO = Adult(
    "cast-rosa-delgado", "Rosa", "Delgado", "es", "rosa.delgado@example.org", "+15625550110",
    Address("31 Camphor Ln", "", "Cudahy", "90201"), home="+15625550111",
    story="Grandmother and legal guardian of Mateo, full rights. The same pages as any parent.",
)
ELENA = Adult(
    "cast-elena", "Elena", "Delgado", "es", "elena.delgado@example.org", "+15625550112",
    Address("700 Foxglove Blvd", "Apt 12", "South Gate", "90280"),
    story="Mother of Mateo with limited rights. Sensitive sections stay closed to her.",
)
DANA = Adult(
    "cast-dana", "Dana", "Whitfield", "en", "dana.whitfield@example.org", "+14245550113",
    Address("56 Harbor Light Dr", "", "San Pedro", "90731"), work="+14245550114",
    story="Mother of Jordan, full rights. Compare what her husband sees.",
)
NEIL = Adult(
    "cast-neil", "Neil", "Parker", "en", "neil.parker@example.org", "+14245550115",
    Address("56 Harbor Light Dr", "", "San Pedro", "90731"),
    story="Stepfather of Jordan Whitfield with limited rights: attendance and marks, nothing sensitive.",
)
HOA = Adult(
    "cast-hoa", "Thị Hoa", "Trần", "vi", "hoa.tran@example.org", "+17475550116",
    Address("1918 Wisteria Way", "#4", "Sample City", "90066"),
    story="Mother of Nguyễn Thị Minh Anh, reads Vietnamese. The child's ID starts with 0 and tells a birth date.",
)
ABEBA = Adult(
    "cast-abeba", "Abeba", "-", "en", "abeba@example.org", "+13235550117",
    Address("340 Sycamore Sq", "", "Sample City", "90032"),
    story="Mother of Selamawit; both have one name only, written as a dash by the SIS.",
)
COLETTE = Adult(
    "cast-colette", "Colette", "D'Angelo", "it", "colette.dangelo@example.org", "+13105550118",
    Address("12 Villa Row", "", "West Hollywood", "90069"),
    story="Mother of the twins Zoë and Chloé: same birth date, IDs one digit apart. Add one, then the other.",
)
SEO_YEON = Adult(
    "cast-seo-yeon", "Seo-yeon", "Park", "ko", "seoyeon.park@example.org", "+12135550119",
    Address("505 Gingko Ave", "Apt 808", "Sample City", "90005"),
    story="Mother of Min-jun, who turns 18 within 60 days. See the notice of what changes then.",
)
MAEVE = Adult(
    "cast-maeve", "Maeve", "O'Connor", "en", "maeve.oconnor@example.org", "+16265550120",
    Address("77 Quarry Rd", "", "Sample City", "90041"),
    story="Mother of Isaiah, who is 18 and holds his own rights. She is a contact only now.",
)
ISABEL = Adult(
    "cast-isabel", "Isabel", "del Río", "es", "isabel.delrio@example.org", "+13235550121",
    Address("64 Granite Steps", "", "Huntington Park", "90255"),
    story="Mother of Luis, whose Student ID was corrected. Her letter carries the old one; both must work.",
)
OLGA = Adult(
    "cast-olga", "Ольга", "Соколова", "ru", "olga.sokolova@example.org", "+13235550122",
    Address("29 Linden Pass", "", "West Hollywood", "90046"),
    story="Mother of Katya, who left the district in October. What she could see stays, read only.",
)
HAYK = Adult(
    "cast-hayk", "Հայկ", "Գրիգորյան", "hy", "hayk.grigoryan@example.org", "+18185550123",
    Address("1450 Apricot Grove", "", "Sample City", "91205"),
    story="Father of Narek; his name is in Armenian letters. Search for him at the counter, print his letter.",
)
TARA = Adult(
    "cast-tara", "Tara", "Brooks", "en", "tara.brooks@example.org", "+16615550124", None,
    mail=Address("PO Box 100", "", "Sample City", "90099"), do_not_publish=True,
    story="Mother of Kaila, in the Safe at Home program. No page, letter or report may show where they live.",
)
TEODORA = Adult(
    "cast-teodora", "Teodora", "de la Cruz Méndez", "fil", "teodora.delacruz@example.org", "+15625550125",
    Address("818 Narra Ct", "", "Carson", "90745"),
    story="Mother of a child with a forty-character name. Look for words cut off at 320 pixels, reads Tagalog.",
)
SAM = Adult(
    "cast-sam", "Sam", "Stone", "en", "sam.stone@example.org", "+13105550126",
    Address("3 Pebble Ct", "", "Sample City", "90064"),
    story="A stranger: guardian of Lily at Oak and of nobody else. Try any address of Ana's or Ben's record.",
)

# --- Children -------------------------------------------------------------------------------------------------

_SICK = Event("excusedAbsence", "1", "Illness", reason="Fever")
_UNCLEARED = Event("unverifiedAbsence", "UC", "Uncleared")
_LATE = Event("tardy", "T", "Tardy", minutes=12)
_AUNT = Tie(ROSA_DIAZ, "relative", "none", lives_with=False, priority=3)
_MARISOL = Tie(MARISOL, "mother", interpreter=True)
_LUIS = Tie(LUIS, "father", lives_with=False, priority=2)

ANA = Student(
    "cast-ana", "Ana", "Reyes", "09", "205731X412", date(2012, 3, 14), LINCOLN.id, (_MARISOL, _LUIS, _AUNT),
    middle="Sofía", ability=0.88,
    record=Record(
        days={5: _SICK, 6: _SICK, 12: _LATE, 19: _UNCLEARED},
        today=Event("partialDay", "UC", "Uncleared", periods=(1, 2)),
        work={("English", 1): "zero", ("English", 2): "exempt", ("English", 3): "missing", ("English", -1): "waiting"},
        no_grade_in=("Elective",),
    ),
    story="Grade 9: three missed days, one late, absent today in periods 1 and 2. English 9 has work not graded, "
    "excused, missing and scored 0; Algebra 1 has nothing missing; Drawing has no grade yet.",
)
LEO = Student(
    "cast-leo", "Leo", "Reyes", "06", "205731X508", date(2015, 1, 22), MAR_VISTA.id, (_MARISOL, _LUIS, _AUNT),
    ability=0.79,
    record=Record(
        days={9: Event("earlyDeparture", "LE", "Left early", minutes=40, reason="Dentist")},
        work={("Science", 2): "missing", ("Mathematics", 3): "missing"},
    ),
    story="Grade 6: two things not turned in, left early once.",
)
MIA = Student(
    "cast-mia", "Mia", "Reyes", "02", "207215X036", date(2018, 11, 5), OAK.id, (_MARISOL, _AUNT),
    record=Record(days={14: _LATE}, marks=("3", "2", "4", "1")),
    story="Grade 2: standards marks 1 to 4, no percent.",
)
TOMAS = Student(
    "cast-tomas", "Tomás", "Reyes", "TK", "209108X771", date(2022, 6, 30), OAK.id, (_MARISOL, _AUNT),
    record=Record(),
    story="Transitional kindergarten: no marks yet, and none is shown as zero.",
)
BEN = Student(
    "cast-ben", "Ben", "Okafor", "03", "206640X219", date(2018, 2, 9), OAK.id,
    (
        Tie(GRACE, "mother"),
        Tie(DANIEL, "father", "none", "noRecords", lives_with=False, priority=9, basis="courtOrder"),
    ),
    record=Record(days={8: _SICK}, today_taken=False),
    story="Grade 3: his mother sees everything, his father nothing. Attendance is not taken yet today.",
)
KIAN = Student(
    "cast-kian", "Kian", "Rostami", "08", "204518X327", date(2013, 7, 1), MAR_VISTA.id,
    (Tie(PARISA, "mother", interpreter=True),), ability=0.66,
    record=Record(every=(7, (_UNCLEARED, _SICK, Event("unexcusedAbsence", "8", "Unexcused"))),
                  work={("History", 2): "missing", ("English", 1): "partial", ("English", 4): "late"}),
    story="Grade 8: misses a lot of school, grades about to slip, one thing turned in late and one not finished.",
)
NILOUFAR = Student(
    "cast-niloufar", "Niloufar", "Rostami", "10", "203377X640", date(2011, 5, 19), LINCOLN.id,
    (Tie(PARISA, "mother", interpreter=True),), preferred="نیلوفر", ability=0.96,
    record=Record(),
    story="Grade 10: no missed days, high marks; her name in Persian letters is her preferred name.",
)
MATEO = Student(
    "cast-mateo", "Mateo", "Delgado", "05", "206102X845", date(2016, 4, 27), OAK.id,
    (
        Tie(ROSA_DELGADO, "legalGuardian", basis="courtOrder", interpreter=True),
        Tie(ELENA, "mother", "limited", lives_with=False, priority=2),
    ),
    record=Record(days={10: Event("fieldTrip", "7", "School activity"), 22: _LATE}, marks=("2", "3", "3", "3")),
    story="Grade 5: lives with his grandmother, who holds his educational rights. A field trip is not an absence.",
)
JORDAN = Student(
    "cast-jordan", "Jordan", "Whitfield", "07", "205966X153", date(2014, 9, 30), MAR_VISTA.id,
    (Tie(DANA, "mother"), Tie(NEIL, "stepParent", "limited", priority=2)), ability=0.74,
    record=Record(days={16: Event("suspension", "5", "Suspension")}),
    story="Grade 7: one suspension, so that limited rights show their edge.",
)
MINH_ANH = Student(
    "cast-minh-anh", "Minh Anh", "Nguyễn", "11", "020310F004", date(2010, 2, 3), LINCOLN.id,
    (Tie(HOA, "mother", interpreter=True),), middle="Thị", ability=0.93, record=Record(),
    story="Grade 11: family name first, given name last, and a legacy ID that starts with 0.",
)
SELAMAWIT = Student(
    "cast-selamawit", "Selamawit", "-", "04", "206518X904", date(2017, 8, 8), OAK.id, (Tie(ABEBA, "mother"),),
    record=Record(),
    story="Grade 4: one name only.",
)
ZOE = Student(
    "cast-zoe", "Zoë", "D'Angelo", "01", "208412X330", date(2020, 5, 6), OAK.id, (Tie(COLETTE, "mother"),),
    record=Record(),
    story="Grade 1: a twin. Her ID ends in 330.",
)
CHLOE = Student(
    "cast-chloe", "Chloé", "D'Angelo", "01", "208412X331", date(2020, 5, 6), OAK.id, (Tie(COLETTE, "mother"),),
    record=Record(days={3: _SICK}),
    story="Grade 1: the other twin. Her ID ends in 331.",
)
MIN_JUN = Student(
    "cast-min-jun", "Min-jun", "Kim", "12", "202840X017", date(2009, 1, 8), LINCOLN.id,
    (Tie(SEO_YEON, "mother", interpreter=True),), turns_18_in=45, ability=0.97, record=Record(),
    story="Grade 12: turns 18 in 45 days, whenever the bundle is made.",
)
ISAIAH = Student(
    "cast-isaiah", "Isaiah", "O'Connor", "12", "202777X386", date(2008, 9, 20), LINCOLN.id,
    (Tie(MAEVE, "mother", "none"),), rights_at_18=True, turns_18_in=-65, ability=0.83,
    record=Record(every=(20, (_SICK,))),
    story="Grade 12: 18 years old, holds his own rights (selfAdult). His mother is a contact only.",
)
LUIS_DEL_RIO = Student(
    "cast-luis-del-rio", "Luis", "del Río", "12", "041509M007", date(2009, 4, 15), LINCOLN.id,
    (Tie(ISABEL, "mother", interpreter=True),), former_id="041509F007", ability=0.71, record=Record(),
    story="Grade 12: his ID was corrected from 041509F007; look-ups find him by either.",
)
KATYA = Student(
    "cast-katya", "Екатерина", "Соколова", "06", "205874X690", date(2015, 3, 3), MAR_VISTA.id,
    (Tie(OLGA, "mother"),), leaves=40, ability=0.9, record=Record(),
    story="Grade 6: left the district in October; her record ends there.",
)
NAREK = Student(
    "cast-narek", "Narek", "Ter-Grigoryan", "02", "207309X558", date(2019, 1, 17), OAK.id,
    (Tie(HAYK, "father", interpreter=True),), record=Record(days={20: _LATE}),
    story="Grade 2: his father's name is in Armenian letters and his own is not.",
)
KAILA = Student(
    "cast-kaila", "Kaila", "Brooks", "04", "206533X127", date(2017, 10, 12), OAK.id, (Tie(TARA, "mother"),),
    record=Record(days={11: _SICK}),
    story="Grade 4: a Safe at Home family; the address is never shown.",
)
CONCEPCION = Student(
    "cast-concepcion", "María Guadalupe Concepción Milagros", "de la Cruz Méndez", "08", "204590X862",
    date(2013, 12, 8), MAR_VISTA.id, (Tie(TEODORA, "mother"),), ability=0.85, record=Record(),
    story="Grade 8: a name of more than forty characters.",
)
LILY = Student(
    "cast-lily", "Lily", "Stone", "04", "206577X481", date(2017, 6, 2), OAK.id, (Tie(SAM, "father"),),
    record=Record(),
    story="Grade 4: the only child Sam Stone may see.",
)

STUDENTS = (
    ANA, LEO, MIA, TOMAS, BEN, KIAN, NILOUFAR, MATEO, JORDAN, MINH_ANH, SELAMAWIT, ZOE, CHLOE, MIN_JUN, ISAIAH,
    LUIS_DEL_RIO, KATYA, NAREK, KAILA, CONCEPCION, LILY,
)
ADULTS = tuple({tie.adult.id: tie.adult for student in STUDENTS for tie in student.ties}.values())
# fmt: on


def born(student: Student, today: date) -> date:
    """A cast child's birth date in the bundle of `today`: `student.born` during 2026-27.

    Who is about to turn 18, or just has, is so on every day.
    """
    if student.turns_18_in is not None:
        return _years_before(today + timedelta(days=student.turns_18_in), 18)
    return _years_before(student.born, 2026 - school_year(today).starts)


def _years_before(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year - years)
