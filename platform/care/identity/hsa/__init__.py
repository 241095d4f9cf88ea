"""What HSA says of staff and their assignments: read from a batch file, mapped, compared, kept."""
