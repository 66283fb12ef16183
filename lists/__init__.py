"""The two lists on disk and in force: register, watchlist and rules files, live updates."""
