"""What both sides of the wall ask of the system beside confinement: memory pages, a processor."""
