"""The gate: from a person and a student to leave to see or change one section, or the same 404 for everyone."""
