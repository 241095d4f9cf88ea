"""What the pages of the portal give as files: papers and workbooks."""
