"""Settings, addresses, processes and the command line."""
