"""The untrusted side: the fork server, and the child that runs one submission."""
