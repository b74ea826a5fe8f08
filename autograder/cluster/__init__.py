"""Grading on a Dask cluster: where it is, how a course gets there, who works there. An extra: `[dask]`."""
