"""The pieces that pages are built of, as plain functions that return safe HTML."""
