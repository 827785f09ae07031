"""A report without a page, for other programs."""
