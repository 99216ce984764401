"""Windows and pages: the only place where services meet widgets."""
