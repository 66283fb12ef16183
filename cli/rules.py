"""`netral rules`: is a rules file fit to be in force, and what is in it?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import invocation
from config.errors import RulesError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from matchers.rule_checks.problem import Problem
    from matchers.rules import Rule, Rulebook

app = typer.Typer(help="Check rules files and show the catalogue.", no_args_is_help=True)


@app.callback()
def _rules() -> None:
    """Check rules files and show the catalogue."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A rules file, .yaml or .json.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say everything that is wrong with a rules file: rule, place, and what to do.

    Exits 65 where the file is refused.
    """
    from lists.rules_file import read_rules
    from matchers.rule_checks.all_checks import parse_rules, rule_problems, rule_warnings

    errors: list[dict[str, str]] = []
    warnings: list[dict[str, str]] = []
    summary: dict[str, object] = {}
    try:
        document = read_rules(file)
    except RulesError as error:
        errors = [{"message": str(error), "check": "file"}]
    else:
        errors = [_plain(one) for one in rule_problems(document)]
        warnings = [_plain(one) for one in rule_warnings(document)]
        if not errors:
            rulebook = parse_rules(document)
            summary = {
                "version": rulebook.version,
                "rules": len(rulebook.rules),
                "observable": sum(rule.observable for rule in rulebook.rules),
            }
    if as_json:
        report = {"file": str(file), "ok": not errors, "errors": errors, "warnings": warnings}
        _echo_json(report | summary)
    else:
        _print(file, errors, warnings, summary)
    if errors:
        raise typer.Exit(RulesError.exit_code)


@app.command("list")
def list_rules(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Option("--rules", help="A rules file; without it the one in force.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show every rule: what it looks for and when, and what cannot be seen in posts at all."""
    from lists.rules_file import load_rules

    rulebook = load_rules(file or invocation(ctx).settings().lists.rules_file)
    if as_json:
        import msgspec

        _echo_json(
            {"version": rulebook.version, "rules": [msgspec.to_builtins(r) for r in rulebook.rules]}
        )
    else:
        _print_catalogue(rulebook)


def _echo_json(report: dict[str, Any]) -> None:
    import orjson

    typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())


def _plain(problem: "Problem") -> dict[str, str]:
    return {"message": str(problem), **problem._asdict()}


def _print(
    file: Path,
    errors: list[dict[str, str]],
    warnings: list[dict[str, str]],
    summary: dict[str, object],
) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for title, several in (("[red]error[/red]", errors), ("[yellow]warning[/yellow]", warnings)):
        for one in several:
            console.print(f"{title}  ", end="")
            console.print(one["message"], markup=False)
    if errors:
        console.print(f"{file}: refused, {len(errors)} error(s).", markup=False)
    else:
        console.print(
            f"{file}: fit to be in force ({summary['rules']} rules, {summary['observable']} "
            f"observable, version {summary['version']}), {len(warnings)} warning(s).",
            markup=False,
        )


def _print_catalogue(rulebook: "Rulebook") -> None:
    from rich.console import Console

    console = Console(highlight=False)
    seen = [rule for rule in rulebook.rules if rule.observable]
    console.print("Looked for in posts\n")
    console.print(
        _table(
            ("code", "class", "actions", "phases", "asks for", "gloss"),
            [
                (
                    rule.code,
                    rule.severity_class,
                    ", ".join(rule.actions),
                    ",\n".join(rule.phases),
                    asks_for(rule),
                    rule.gloss,
                )
                for rule in seen
            ],
        )
    )
    console.print("\nCannot be seen in posts; nothing covers them\n")
    console.print(
        _table(
            ("code", "class", "wording", "gloss"),
            [
                (rule.code, rule.severity_class, rule.verified, rule.gloss)
                for rule in rulebook.rules
                if not rule.observable
            ],
        )
    )
    console.print(
        f"\n{len(rulebook.rules)} rules, {len(seen)} of them looked for, version {rulebook.version}"
    )


def _table(columns: "Sequence[str]", rows: "Sequence[Sequence[str]]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("code", "class", "phases"))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def asks_for(rule: "Rule") -> str:
    """Cues, media and evidence of a rule in a few words."""
    words = []
    if rule.cues:
        words.append(f"cue: {' or '.join(rule.cues)}")
    if rule.media:
        words.append(f"media: {' or '.join(rule.media)}")
    for reading, condition in sorted(rule.evidence.items()):
        parts = []
        if condition.target_account:
            parts.append(f"{' or '.join(condition.target_account)} account as target")
        if condition.sufficient:
            parts.append("sufficient evidence")
        if condition.cues_on:
            parts.append(
                f"cue: {' or '.join(condition.cues)} in a {' or '.join(condition.cues_on)}"
            )
        words.append(f"{'' if reading == 'any' else f'{reading}: '}{', '.join(parts)}")
    return "; ".join(words)
