"""PINs, links and the pages about whose child it is."""
