"""The API: tokens, readings, its document, and odd questions."""
