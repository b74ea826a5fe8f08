"""The layers that seal a process of student code, each asked of the kernel directly."""
