"""Messages between units: sent, fetched, receipted, passed on."""
