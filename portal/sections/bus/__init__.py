"""Bus Routes: when and where the bus comes, and what is different today."""
