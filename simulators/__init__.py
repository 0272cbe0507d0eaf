"""Stand-ins for outside systems: processes of their own for the demo and for fault tests, never imported by the portal."""
