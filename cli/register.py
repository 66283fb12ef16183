"""`netral register`: build the list of declared accounts, give it pseudonyms, look into it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.context import invocation
from config.errors import InputError
from config.settings import JudgementSettings
from lists import refs as register_refs
from lists.register_artifact import open_register, read_manifest
from lists.register_build import MAX_REFUSED, MAX_SHRINK, build_register
from matchers.exact_identity import resolve
from matchers.fuzzy_identity import ScoredCandidate, find_lead, rank_candidates
from matchers.handles import normalise
from matchers.lead_scoring import MODEL_VERSION
from matchers.register import NO_OFFSET, MemoryRegister
from matchers.types import Identity
from streams.records import PLATFORMS, Actor, PublicPost

app = typer.Typer(no_args_is_help=True, help="Build and inspect the register of declared accounts.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a script to read.")]
Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The register's directory.")]


@app.command()
def build(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(help="CSV, JSON lines or Parquet, by its ending.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR")],
    max_shrink: Annotated[
        float | None,
        typer.Option(min=0, max=1, help=f"Share it may shrink by. [default: {MAX_SHRINK}]"),
    ] = None,
    max_refused: Annotated[
        float, typer.Option(min=0, max=1, help="Share of rows that may be refused.")
    ] = MAX_REFUSED,
    overlay_offset: Annotated[
        int, typer.Option(min=-1, help="Newest offset of register-updates that SOURCE includes.")
    ] = NO_OFFSET,
    as_json: Json = False,
) -> None:
    """Build the register in DIR from SOURCE; refused rows are listed in DIR.refused.tsv."""
    shrink = invocation(ctx).settings().lists.max_shrink if max_shrink is None else max_shrink
    with _counted("rows", None) as progress:
        report = build_register(
            source,
            output,
            max_shrink=shrink,
            max_refused=max_refused,
            overlay_offset=overlay_offset,
            progress=progress,
        )
    manifest = report.manifest
    if as_json:
        _print_json(
            {"rows": report.rows, "refused_rows": len(report.refused)}
            | msgspec.to_builtins(manifest)
        )
        return
    typer.echo(
        f"{output}: {manifest.accounts:,} accounts of {manifest.people:,} people, version "
        f"{manifest.version}"
    )
    for row in report.refused[:20]:
        typer.echo(f"  line {row.line} refused: {row.reason}")
    if len(report.refused) > 20:
        typer.echo(f"  … {len(report.refused):,} in all, in {output}.refused.tsv")


@app.command()
def key(path: Annotated[Path, typer.Argument(metavar="KEY", help="The new key file.")]) -> None:
    """Make a key for pseudonyms and vaults. Keep it away from the workers."""
    typer.echo(f"{path}: new key {register_refs.make_key(path)}")


@app.command()
def refs(
    directory: Directory,
    election: Annotated[str, typer.Option(metavar="ID", help="The election's id.")],
    key_file: Annotated[Path, typer.Option(metavar="KEY", help="Made by 'register key'.")],
    vault: Annotated[Path, typer.Option(metavar="OUT", help="Where the sealed vault goes.")],
) -> None:
    """Give every person a pseudonym for one election, and seal who is who into a vault."""
    people = read_manifest(directory).people
    with _counted("people", people) as progress:
        manifest = register_refs.write_refs(directory, election, key_file, vault, progress)
    typer.echo(
        f"{directory}: {people:,} pseudonyms for {election}, key {manifest.refs[election].key_id}; "
        f"vault {vault}"
    )


@app.command()
def info(
    ctx: typer.Context,
    directory: Annotated[Path | None, typer.Argument(metavar="DIR")] = None,
    as_json: Json = False,
) -> None:
    """What the register holds; DIR defaults to lists.register_dir."""
    place = _register_dir(ctx, directory)
    manifest = read_manifest(place)
    if as_json:
        _print_json(msgspec.to_builtins(manifest))
        return
    rows = {
        "register": str(place),
        "version": manifest.version,
        "built by": f"{manifest.builder}, format {manifest.format}",
        "source": f"sha256 {manifest.source_sha256}",
        "overlay offset included": str(manifest.overlay_offset),
        "accounts": f"{manifest.accounts:,} ({manifest.accounts_standing:,} not withdrawn)",
        "people": f"{manifest.people:,}",
        "refused rows": ", ".join(f"{why} {n:,}" for why, n in manifest.refused.items()) or "none",
        "elections": ", ".join(f"{name} (key {one.key_id})" for name, one in manifest.refs.items())
        or "none",
        "size": f"{sum(file.size for file in manifest.files.values()):,} bytes",
    }
    for name, value in rows.items():
        typer.echo(f"{name:<24}{value}")


@app.command()
def lookup(
    ctx: typer.Context,
    platform: Annotated[str, typer.Option(help=f"One of {', '.join(PLATFORMS)}.")],
    handle: Annotated[str, typer.Option(help="Bare, with @, or the profile's address.")],
    register: Annotated[
        Path | None, typer.Option(metavar="DIR", help="[default: lists.register_dir]")
    ] = None,
    account_id: Annotated[str | None, typer.Option(help="The platform's immutable id.")] = None,
    name: Annotated[str | None, typer.Option(help="The display name.")] = None,
    bio: Annotated[str | None, typer.Option(help="The profile's text.")] = None,
    at: Annotated[
        str | None, typer.Option(help="The event's time, RFC 3339 with zone. [default: now]")
    ] = None,
    as_json: Json = False,
) -> None:
    """Whom an account would be matched with: identity, or each candidate with level and weight."""
    judgement = invocation(ctx).settings().judgement
    index = open_register(_register_dir(ctx, register))
    post = _probe(platform, handle, account_id, name, bio, _instant(at))
    found = _look_up(index, post, judgement)
    if as_json:
        _print_json(found)
        return
    typer.echo(f"handle      {found['handle'] or 'no handle of ' + platform}")
    typer.echo(f"identity    {found['identity']}")
    threshold = judgement.lead_threshold / 10_000
    for candidate in found["candidates"]:
        typer.echo(
            f"candidate   {candidate['handle']}  {candidate['probability'] / 10_000:.2%}  "
            f"{candidate['weight_bits']:+.1f} bits"
        )
        for part in candidate["levels"]:
            typer.echo(f"              {part['bits']:+5.1f}  {part['level']}")
    lead = "a lead" if found["lead"] else "no lead"
    typer.echo(f"lead        {lead} (threshold {threshold:.2%}, model {MODEL_VERSION})")


def _look_up(
    index: MemoryRegister, post: PublicPost, judgement: JudgementSettings
) -> dict[str, Any]:
    (finding,) = resolve([post], index)
    candidates = (
        [] if finding is not None else rank_candidates(post, index, judgement, post.observed_at)
    )
    lead = None if finding is not None else find_lead(post, index, judgement, post.observed_at)
    return {
        "platform": post.platform,
        "handle": normalise(post.platform, post.actor.handle),
        "identity": finding.status if isinstance(finding, Identity) else finding or "none",
        "registered_handle": index.account(finding.row).handle
        if isinstance(finding, Identity)
        else None,
        "candidates": [_described(one, index) for one in candidates],
        "lead": lead is not None,
        "lead_threshold": judgement.lead_threshold,
        "model": MODEL_VERSION,
        "register": index.version,
    }


def _described(one: ScoredCandidate, index: MemoryRegister) -> dict[str, Any]:
    return {
        "handle": index.account(one.row).handle,
        "probability": one.probability,
        "weight_bits": one.evidence.weight / 10,
        "can_carry_a_lead": one.can_carry_a_lead,
        "levels": [
            {
                "level": level,
                "bits": weight.tenths / 10,
                "example": weight.example,
                "basis": weight.basis,
            }
            for level, weight in one.evidence.parts()
        ],
    }


def _probe(
    platform: str,
    handle: str,
    account_id: str | None,
    name: str | None,
    bio: str | None,
    at: datetime,
) -> PublicPost:
    """An event by that account, checked like one that came in."""
    try:
        return msgspec.convert(
            {
                "schema": 1,
                "post_id": "lookup",
                "platform": platform,
                "action": "post",
                "actor": msgspec.to_builtins(
                    Actor(handle=handle, account_id=account_id, display_name=name, bio=bio)
                ),
                "created_at": at,
                "observed_at": at,
                "source": "lookup",
                "visibility": "public",
            },
            PublicPost,
        )
    except msgspec.ValidationError as error:
        raise InputError(f"look-up refused: {error}. Mend the options.") from None


def _instant(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at
    raise InputError("--at refused: write an instant with its zone, 2024-11-27T08:00:00+07:00.")


def _register_dir(ctx: typer.Context, given: Path | None) -> Path:
    directory = given or invocation(ctx).settings().lists.register_dir
    if directory is None:
        raise InputError("no register named: give its DIR, or set lists.register_dir.")
    return directory


def _print_json(value: Any) -> None:
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


@contextmanager
def _counted(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        one = bar.add_task(what, total=total)
        yield lambda done: bar.update(one, completed=done)
