"""Alembic migrations of the shared database; each version with its frozen SQL beside it."""
