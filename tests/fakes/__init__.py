"""Stand-ins that keep the promises of a port in memory; the contract suites hold them to it."""
