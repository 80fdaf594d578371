"""What the selection asks of programs beside the database."""
