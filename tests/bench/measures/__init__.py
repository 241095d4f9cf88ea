"""The benchmarks: each asks the databases something and returns its figures."""
