"""The product as it is measured."""
