"""Assignments: what is not turned in, what is due, what was graded, in words that never turn a blank into a zero."""
