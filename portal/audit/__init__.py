"""Append only: who looked at or changed whose record, what, when, and why it was allowed."""
