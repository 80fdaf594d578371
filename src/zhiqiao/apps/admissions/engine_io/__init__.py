"""Rows of admission as the engines read them, and what they answer as rows."""
