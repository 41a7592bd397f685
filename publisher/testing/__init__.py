"""Shipped fakes: MemoryAdapter, AdapterContract, a loop-back simulator per platform."""
