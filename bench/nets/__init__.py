"""Which nets there are, what can run here, and which are chosen."""
