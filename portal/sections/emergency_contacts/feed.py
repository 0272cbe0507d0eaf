"""Columns of emergencyContacts.csv and medicalAlerts.csv (companion). Source: our companion CSV set, version 1.0."""

from portal.family.models import Guardian, Guardianship
from portal.record.feed import NEW_ONES, Column, Feed, Kind
from portal.sections.emergency_contacts.models import EmergencyContact, MedicalAlert
from portal.students.models import Student

RELATIONSHIPS = (*Guardianship.Relationship.values, *EmergencyContact.FURTHER)

contacts = Feed(
    file="emergencyContacts.csv",
    into=EmergencyContact,
    silent=NEW_ONES,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("priority", "priority", Kind.WHOLE, required=True),
        Column("givenName", "given_name", required=True),
        Column("familyName", "family_name"),
        Column("relationship", "relationship", Kind.CODE, required=True, codes=RELATIONSHIPS, longest=40),
        Column("phone", "phone", required=True, longest=30),
        Column("phoneType", "phone_type", Kind.CODE, codes=("mobile", "home", "work"), longest=10),
        Column("altPhone", "alt_phone", longest=30),
        Column("email", "email", longest=254),
        Column("language", "language", longest=10),
        Column("mayPickUp", "may_pick_up", Kind.YES_NO),
        Column("guardianSourcedId", "guardian", Kind.REFERENCE, to=Guardian),
    ),
)

alerts = Feed(
    file="medicalAlerts.csv",
    into=MedicalAlert,
    silent=NEW_ONES,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column(
            "category", "category", Kind.CODE, required=True, codes=MedicalAlert.Category.values, longest=40
        ),
        Column("summary", "summary", Kind.NOTE, required=True, longest=2000),
        Column("severity", "severity", Kind.CODE, codes=("low", "moderate", "severe"), longest=10),
        Column("actionPlanOnFile", "action_plan_on_file", Kind.YES_NO),
        Column("beginDate", "begins", Kind.DAY),
        Column("endDate", "ends", Kind.LAST_DAY),
    ),
)
