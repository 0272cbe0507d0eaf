"""Discipline: what the school told the family happened, what it did about it, and what the family can do."""
