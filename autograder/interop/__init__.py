"""Other systems' formats, each in a module of its own that is imported where it is asked for."""
