"""The nets: one file each, every one the same net in another framework's own words.

A net that computes what another does, in its own way, inherits the rest from it; the few lines that are repeated all
the same (taking the arrays, the wait, reading parameters) are repeated so that each page can be read on its own.
"""
