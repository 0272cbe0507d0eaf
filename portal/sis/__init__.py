"""Bundles in from student information systems: staging, checks, quarantine, merge, one report for each run."""
