"""The school's counter."""
