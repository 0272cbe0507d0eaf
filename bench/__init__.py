"""Measurements: what a page costs beside the least it could cost, in one run on one machine."""
