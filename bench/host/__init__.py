"""This machine: its hardware, its software, its devices, and what each framework knows of them."""
