"""How numbers and conditions read on the page."""
