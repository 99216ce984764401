"""What the station does: one module per activity, verbs and nouns; `ports/` says what it needs."""
