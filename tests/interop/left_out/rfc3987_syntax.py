"""Looked for by a library below nbgrader and Otter and not needed: two seconds of every start."""

raise ImportError("left out")
