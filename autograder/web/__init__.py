"""The web pages of a course: a face, which calls what lies below it and shows what comes back."""
