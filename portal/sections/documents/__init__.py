"""Upload Documents: what the school asked for, what the family sent and what became of it, and papers from the school."""
