"""The work as pure values and rules: no Qt, no SQL, no I/O, no clock (time is passed in)."""
