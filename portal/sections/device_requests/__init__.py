"""Request a Device: what the family asked to borrow, and how far it is."""
