"""The child process that has one net, its protocol, and the parent's end of it."""
