"""Property tests with fixed seeds, and without a stop-watch: two cores are shared (decisions.md §10)."""

from hypothesis import settings

settings.register_profile("fixed", deadline=None, derandomize=True)
settings.load_profile("fixed")
