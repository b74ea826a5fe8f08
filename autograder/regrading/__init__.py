"""Judging again what was judged before, and saying what changes for whom before anything is recorded."""
