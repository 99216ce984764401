"""One module a schema version, and its frozen SQL."""
