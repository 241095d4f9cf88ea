"""The acts of the discharge process (lag 2017:612)."""
