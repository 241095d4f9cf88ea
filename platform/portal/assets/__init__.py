"""The manifest of the front end that others wrote, and the script that installs it."""
