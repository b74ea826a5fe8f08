"""Proving an assignment before it is released: what its author claims, tried out claim by claim."""
