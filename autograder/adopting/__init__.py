"""Adopting an nbgrader or Otter course: theirs is read, ours refers to it, and each test is placed."""
