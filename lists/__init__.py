"""The two lists on disk and in force: register artifact, watchlist and rules files, live updates."""
