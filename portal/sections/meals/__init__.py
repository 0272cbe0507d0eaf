"""Meals and Nutrition: what is for lunch, what is on the meal account, and what the household was granted."""
