"""Setting up a fresh machine: `python3 installer/bootstrap.py`. Standard library only."""
