"""Emergency Contact: whom the school calls, and the parent's own numbers, which go back to the school."""
