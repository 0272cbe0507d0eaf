"""What every section of the record shares: what a section says of itself, its faces, its feed, its timeline."""
