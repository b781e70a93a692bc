"""The sample world: people who never lived, and what twelve systems say of them."""

from orchestration.universe.world import UniverseError
from orchestration.universe.write import UniverseSummary, write_universe

__all__ = ["UniverseError", "UniverseSummary", "write_universe"]
