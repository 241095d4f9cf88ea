"""Turns a decided allocation into invoices, vouchers and the files that others read."""
