"""The school's side: find a student, check who is asking, give the PIN, print the letter."""
