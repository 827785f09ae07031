"""Did it become slower? Duels, recorded runs, histories, and how far to trust them."""
