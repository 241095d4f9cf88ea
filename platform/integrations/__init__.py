"""Adapters outwards: one folder for each counterpart, and none of them knows another."""
