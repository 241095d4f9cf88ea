"""Coming from an old system: its open cases from a file, compared each day, then cut over."""
