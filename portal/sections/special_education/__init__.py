"""Special Education: a student's IEP or 504 plan, its services and dates, and what a family can ask for."""
