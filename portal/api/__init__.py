"""The API for the installed and the native app: a token for a person's own device, and every section's reading."""
