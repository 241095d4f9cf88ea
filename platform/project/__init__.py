"""Wires everything; imported by nobody."""
