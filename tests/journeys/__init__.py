"""Walks through the whole house: the real start, the real import, a real browser."""
