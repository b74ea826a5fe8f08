"""Quizzes: typed answers, choices and short functions. Questions of assignments are in questions/."""
