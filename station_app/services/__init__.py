"""What the station does: one module per activity, verbs and nouns; `ports.py` says what it needs."""
