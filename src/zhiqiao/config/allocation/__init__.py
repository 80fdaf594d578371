"""Allocation on plain files: tables and rules of a folder in, results and a bundle out."""
