"""Immunizations: which shots are on file, which are still needed for school, and by when."""
