"""`python -m station_app` is the `station` command."""

from station_app.cli.main import run

run()
