"""A student information system that plays its part: OneRoster 1.2 provider, write-back endpoint, and faults on demand."""
