"""The family's privacy pages: who looked at the record, a copy of it, a request to correct it."""
