"""Publisher: say one thing, once, exactly as approved, on every channel of the town hall."""

__version__ = "0.1.0"
