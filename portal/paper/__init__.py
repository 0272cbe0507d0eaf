"""Sheets of paper: words and values go in, a tagged PDF comes out, in any of the languages."""
