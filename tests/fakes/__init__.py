"""Stand-ins for the ports that keep their promises in memory, for tests of what uses them."""
