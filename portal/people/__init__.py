"""Who is at the door: register, confirm, sign in, forgotten passwords, devices, limits, and the mail about all of it."""
