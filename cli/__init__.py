"""The `netral` command."""
