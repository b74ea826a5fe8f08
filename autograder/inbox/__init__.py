"""What was handed in: a folder of submissions, read without trusting anything in it."""
