"""The contents of the record: one folder for each section, in the order a family sees them."""

contents = ("attendance", "assignments", "grades")
