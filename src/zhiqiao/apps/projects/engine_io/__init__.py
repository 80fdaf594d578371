"""Rows of calls and applications into what leaves the site."""
