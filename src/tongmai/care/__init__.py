"""The workflows. They never import one another: they meet through events and through commons."""
