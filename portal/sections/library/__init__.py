"""Online Library: books that are out and when they are due, library cards, and where to read."""
