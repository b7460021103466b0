"""What grades the assignments: the right answers, and the process in which a submission runs."""
