"""The gradebook: categories, assignments and scores, which the Assignments and Grades sections both read."""
