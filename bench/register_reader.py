"""A process that reads a register as a worker does, says so, and waits to be measured."""

import sys
from pathlib import Path

from lists.register_artifact import open_register

READS = 40_000


def main() -> None:
    register = open_register(Path(sys.argv[1]))
    accounts = register.account_count
    for first in range(0, READS, 500):
        rows = [(number * 7_919) % accounts for number in range(first, first + 500)]
        known = [register.account(row) for row in rows]
        keys = [(account.platform, account.handle) for account in known]
        register.rows_by_handle(keys)
        register.rows_by_account_id(
            [(account.platform, account.account_id or "0") for account in known]
        )
        register.propose([(platform, f"{handle[:-1]}x") for platform, handle in keys])
        for account in known[:50]:
            register.person(account.person)
    sys.stdout.write("read\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
