"""Figures for Prometheus: what each process counts, and what the database says when it is asked.

Labels hold names of routes, states and classes only, never an address, a person or a record.
"""
