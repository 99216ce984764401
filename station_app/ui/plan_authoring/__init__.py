"""Inspection plans in the editor's program: written as a table, reviewed, signed, released, compared."""
