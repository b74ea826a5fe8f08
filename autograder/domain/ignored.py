"""What git must not take of a course's folder, for whoever makes one."""

ACCUMULATED = """\
# what a course accumulates, and what must never leave the instructor's side
.autograder/
release/
submissions/
reports/
marking/
exports/
returned/
backups/
students.csv
staff.csv
"""
"""The lines of a .gitignore."""
