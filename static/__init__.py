"""The browser's half, served as it is."""
