"""What no net of a framework can beat: its matrix products alone, one tiny call."""
