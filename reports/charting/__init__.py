"""The page's charts, one file each."""
