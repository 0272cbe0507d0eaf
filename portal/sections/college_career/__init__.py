"""College and Career: credits, what is left for graduation and for the state's universities, and what to do when."""
