"""T10, the registrar's desk: who is a parent or guardian, what a court limits, whom to call, where the student lives."""
