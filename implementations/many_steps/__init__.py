"""Ten steps of the two-layer net in one call, in what a framework has for a loop of its own."""
