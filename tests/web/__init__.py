"""The clothes: what they look like, what they weigh, and what they say when something is wrong."""
