"""At the door: signing up, signing in, and what keeps strangers out."""
