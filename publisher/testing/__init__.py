"""Shipped fakes: MemoryAdapter, AdapterContract, a loop-back simulator per platform; for our tests and those of third parties."""

from publisher.testing.contract import AdapterContract
from publisher.testing.memory import MemoryAdapter, memory_adapter
from publisher.testing.memory_platform import MemoryPlatform
from publisher.testing.stage import Failure, Stage

__all__ = ["AdapterContract", "Failure", "MemoryAdapter", "MemoryPlatform", "Stage", "memory_adapter"]
