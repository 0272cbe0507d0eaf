"""The directory: organizations, school years, classes, employees and students, as the rosters bring them."""
