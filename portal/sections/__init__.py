"""The contents of the record: one folder for each section, in the order a family sees them."""

from pathlib import Path

IN_ORDER = (
    # Every day
    "attendance", "assignments", "grades", "timeline", "bus", "meals",
    # Learning
    "report_cards", "testing", "english_learner", "gate", "special_education", "college_career",
    # Health and safety
    "emergency_contacts", "immunizations", "discipline",
    # Tools
    "schoology", "library", "id_card", "documents", "device_requests",
)  # fmt: skip

contents = tuple(name for name in IN_ORDER if (Path(__file__).parent / name / "section.py").is_file())
