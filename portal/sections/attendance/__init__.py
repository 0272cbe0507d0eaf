"""Attendance: which days and periods a student missed, and telling the school why."""
