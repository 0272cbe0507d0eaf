"""The sample district."""
