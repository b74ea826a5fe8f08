"""The figures the README quotes, measured anew by `make bench`."""
