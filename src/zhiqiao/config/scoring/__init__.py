"""Scores from reviews on plain files: a table and rules of a folder in, results out."""
