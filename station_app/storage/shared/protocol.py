"""What client and schema agree on: the version, and the sizes a call may have."""

SCHEMA_VERSION = 6
"""The schema this application is written for; the newest migration's number."""

CHUNK_BYTES = 256 * 1024
"""Files travel and are stored in chunks of this size, the last one shorter."""

MAX_CALL_ROWS = 2000
"""The server takes no more records in one append_batch."""

MAX_CALL_BYTES = 8 << 20
"""Bodies of one call are kept below this, so that a call ends in time on a slow line."""
