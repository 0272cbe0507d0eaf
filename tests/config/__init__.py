"""The start of the house: what it needs to know, and the database it brings along."""
