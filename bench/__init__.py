"""The engine: starts the nets in processes of their own, checks them, times them and records what came out."""

__version__ = "0.1.0"
