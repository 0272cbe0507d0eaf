"""Why a row was put aside, a cell repaired or a set held or refused: codes, and the words people read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROW: dict[str, str | Promise] = {
    "missing": _("A required cell is empty."),
    "too_long": _("The text is longer than this column may be."),
    "control_character": _("The row holds a control character or a line break where none may be."),
    "undecodable": _("The row holds bytes that are no letters in any known encoding."),
    "too_many_cells": _("The row has more cells than the header, and they say something."),
    "bad_date": _("This is not a date. Write it as 2026-09-14."),
    "ambiguous_date": _("Day and month cannot be told apart. Write the date as 2026-09-14."),
    "bad_moment": _("This is not a date with a time. Write it as 2026-09-14T16:05:00.000Z."),
    "bad_time": _("This is not a time of day. Write it as 07:05 or 15:20."),
    "bad_number": _("This is not a number, or it is too large."),
    "out_of_range": _("The number lies outside what this column can mean."),
    "bad_checksum": _("This is not a SHA-256 checksum in lower-case letters and digits."),
    "not_a_pdf": _("The file must be a PDF named without folders."),
    "in_the_future": _("The day lies in the future."),
    "before_birth": _("The day lies before the student was born."),
    "before_the_incident": _("The action begins before the incident it belongs to."),
    "another_student": _("The incident it belongs to is another student's."),
    "not_allowed_for_this": _("The law does not allow a suspension for this."),
    "reviewed_before_it_began": _("The review lies before the plan began."),
    "bad_boolean": _("This is neither true nor false."),
    "unknown_code": _("This word is in none of the lists allowed here."),
    "bad_status": _("The status is neither active nor tobedeleted."),
    "duplicate": _("Two rows have the same sourcedId and say different things."),
    "circular": _("The row stands above itself."),
    "same_key": _("Another row already stands for the same thing."),
    "two_finals": _("Another final mark stands for the same class and term."),
    "not_in_class": _("The mark is for a class the student was never in."),
    "credit_without_passing": _("A mark that does not pass earns credit."),
    "name_taken": _("Two people have the same number."),
    "ends_before_it_begins": _("The last day is before the first."),
    "period_without_class": _("A mark for a period needs the class it was taken in."),
    "no_school": _("The school's calendar has no school on this day."),
    "unknown_reference": _("It refers to an id that has not come in seven days."),
}

REPAIR: dict[str, str | Promise] = {
    "repeated_row": _("The same row stood in the file more than once."),
    "short_row": _("The row was shorter than the header; the missing cells count as empty."),
    "long_row": _("The row had empty cells too many; they were cut off."),
    "date_repaired": _("The date was written in another form."),
    "time_repaired": _("The time was written in another form."),
    "boolean_case": _("true or false was written in capitals."),
    "code_case": _("The word was written in other capitals."),
    "grade_repaired": _("The grade was written in another form."),
    "number_repaired": _("The number was written with decimals."),
    "narrowed": _("The word is unknown, so it counts as the narrowest right."),
    "status_in_bulk": _("A complete file should not fill in the status."),
    "status_missing": _("A file of changes left the status empty; the row counts as active."),
    "status_repaired": _("The status was written in another form."),
    "windows_1252": _("The row was not UTF-8 and was read as Windows-1252."),
    "not_a_pair": _("An agent is named that does not make one student and one adult."),
    "no_role": _("The user has no role anywhere, so nothing is known of them."),
    "other_kind": _("The id belongs to a person of another kind; the row was left out."),
}

WAITING = _("It refers to an id that has not come yet. It waits for seven days.")
