"""The ports on disk and in SQL: journal, evidence store, shared database, embedded PostgreSQL."""
