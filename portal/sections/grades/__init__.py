"""Grades: the grade so far in each course, how it is worked out, and who to write to."""
