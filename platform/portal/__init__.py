"""People's door: server-rendered Swedish."""
