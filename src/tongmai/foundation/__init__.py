"""What every app stands on: audit, catalog, orgs."""
