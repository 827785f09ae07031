"""Run files: JSON in and out, written whole, read with a plain answer to any defect."""
