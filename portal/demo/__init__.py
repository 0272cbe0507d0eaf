"""The demo: a made-up district, and the pages that show it."""
