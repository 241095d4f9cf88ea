"""What the examples of the description have in common; the person is a published test identity."""

CASE = "0b0f2c61-53d4-4a3c-8c39-5d2f5b2a7c01"
MESSAGE = "5c7b6c0e-3f58-4c70-9e44-2d1f6c9f3a02"
UNIT = "SE2321000214-0041"
INSTANT = "2026-03-02T08:15:00Z"
