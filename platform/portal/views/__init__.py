"""The pages: each validates, calls one operation or query, and renders."""
