"""What the portal's pages read from the apps below."""
