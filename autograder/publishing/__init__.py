"""Giving marks and reports back to students and registrars."""
