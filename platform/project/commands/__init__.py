"""The console commands, one module for each group."""
