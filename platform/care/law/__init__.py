"""What the statute permits and when time is up: pure Python, no framework, no I/O."""
