"""Questions of assignments, which a notebook answers with code. Those of quizzes are in quiz/."""
