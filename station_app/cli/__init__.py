"""The `station` command: one module per group of subcommands."""
