"""Scores of tests, which the sections Testing and English Learner Progress both read."""
