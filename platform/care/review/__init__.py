"""Logggranskning: rounds of samples and signals, what was decided, emergencies followed up."""
