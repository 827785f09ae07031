"""What a run says: rows, comparisons, crossings."""
