"""Schoology: the door to the course site, and what can be seen here as long as it is shut."""
