"""Timeline: what happened, in the words of the sections, newest first."""
