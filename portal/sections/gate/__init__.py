"""GATE: whether a student is identified as gifted or talented, in what, and how to ask for a screening."""
