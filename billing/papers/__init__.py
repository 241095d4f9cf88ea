"""What the joint board gets on paper, out of the record of an allocation."""
