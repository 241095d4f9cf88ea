"""What the joint board gets on paper and as a workbook, out of the record of an allocation."""
