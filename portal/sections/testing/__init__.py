"""Testing: state tests, screeners and college tests, in words before numbers."""
