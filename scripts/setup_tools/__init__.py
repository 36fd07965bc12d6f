"""What `scripts/run` and `scripts/test` share: the virtual environment and the browser. Standard library only."""
