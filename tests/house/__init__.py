"""Questions asked of the whole house: one gate, every section whole, every address with a door."""
