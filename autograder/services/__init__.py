"""What is done with a course, once for every face: commands parse, call one function of these, and show."""
