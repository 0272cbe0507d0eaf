"""Report Card: the marks of each reporting period, to read, to print and to keep."""
