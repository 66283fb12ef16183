"""`netral kafka`: what the brokers must allow each role."""

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import invocation

if TYPE_CHECKING:
    from config.settings import Settings
    from streams.access import Operation, ResourceType, Role

app = typer.Typer(help="What the brokers must allow.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """What the brokers must allow."""


@app.command()
def acls(
    ctx: typer.Context,
    role: Annotated[
        list[str] | None, typer.Option(metavar="ROLE", help="Only this role; may be given again.")
    ] = None,
    principal: Annotated[
        str | None,
        typer.Option(metavar="User:NAME", help="Who has the one --role; else User:netral-ROLE."),
    ] = None,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Print the rights of each role: kafka-acls.sh commands, to be run by an administrator."""
    from config.errors import InputError
    from streams.access import PURPOSES, ROLES

    settings = invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})
    unknown = sorted(set(role or ()) - set(ROLES))
    if unknown:
        raise InputError(f"no role {', '.join(unknown)}. Roles are: {', '.join(ROLES)}.")
    roles = tuple(each for each in ROLES if not role or each in role)
    if principal is not None and (len(roles) != 1 or not principal.startswith("User:")):
        raise InputError("--principal needs one --role, and is written User:NAME.")
    named = {each: principal or f"User:netral-{each}" for each in roles}
    if as_json:
        typer.echo(_as_json(settings, named))
        return
    for each, who in named.items():
        typer.echo(f"# {each}: {PURPOSES[each]}")
        for command in commands(settings, each, who):
            typer.echo(shlex.join(command))


def commands(settings: "Settings", role: "Role", principal: str) -> Iterator[list[str]]:
    """The kafka-acls.sh commands that grant a role its rights: one for each set of operations."""
    from streams.access import rights

    operations: dict[tuple[ResourceType, str], list[Operation]] = {}
    for right in rights(settings, role):
        operations.setdefault((right.resource_type, right.resource), []).append(right.operation)
    together: dict[tuple[Operation, ...], list[tuple[ResourceType, str]]] = {}
    for resource, allowed in operations.items():
        together.setdefault(tuple(allowed), []).append(resource)
    for allowed_together, resources in together.items():
        command = ["kafka-acls.sh", "--bootstrap-server", settings.kafka.bootstrap]
        command += ["--command-config", "admin.properties", "--add"]
        command += ["--allow-principal", principal]
        for operation in allowed_together:
            command += ["--operation", operation]
        for resource_type, name in resources:
            command += [f"--{resource_type}", name]
        yield command


def _as_json(settings: "Settings", named: "dict[Role, str]") -> str:
    import orjson

    from streams.access import PURPOSES, rights

    return orjson.dumps(
        [
            {
                "role": role,
                "purpose": PURPOSES[role],
                "principal": principal,
                "acls": [
                    {
                        "operation": right.operation,
                        "resource_type": right.resource_type,
                        "resource": right.resource,
                        "pattern_type": "literal",
                        "permission": "allow",
                        "host": "*",
                    }
                    for right in rights(settings, role)
                ],
            }
            for role, principal in named.items()
        ],
        option=orjson.OPT_INDENT_2,
    ).decode()
