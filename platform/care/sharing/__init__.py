"""Who may see what: the decision, the stamp on the row, the doors, the access log."""
