"""Django's SQLite backend, for a database that trusts no function of its schema."""
