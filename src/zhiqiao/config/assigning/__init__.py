"""Assignment of reviewers on plain files: tables and rules of a folder in, results out."""
