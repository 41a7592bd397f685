"""Everything that knows a platform; imports no Django."""
