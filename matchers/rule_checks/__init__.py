"""Is a rules file fit to be in force? One check a module; `all_checks` runs them and parses.

A check is a function `check(drafts)` from the rules as they were read (`draft`) to the problems it
finds (`problem`). It ignores what another check is about, so that each fault is told once.
"""
