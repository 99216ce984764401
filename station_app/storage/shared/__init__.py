"""The shared PostgreSQL database: its schema and functions, a station's client, administration, overview and verification."""
