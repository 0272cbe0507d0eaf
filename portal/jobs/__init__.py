"""Work that waits: the queue, the daily jobs with their ledger, and what an operator sees of both."""
