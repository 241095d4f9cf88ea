"""Who acts: units, staff, assignments, sessions; one frozen Actor."""
