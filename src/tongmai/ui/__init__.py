"""The base page, the components and the few helpers that views use."""
