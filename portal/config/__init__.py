"""Settings in one file, the environment read once, the addresses, and the embedded database."""
