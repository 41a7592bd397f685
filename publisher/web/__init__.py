"""The back-office pages."""
