"""`netral register`: build the list of declared accounts, give it pseudonyms, look into it."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import orjson
import typer

from cli.context import invocation
from cli.progress import counted, staged
from cli.register_compact import compact
from cli.register_keys import add_commands
from config.errors import InputError
from config.settings import JudgementSettings
from lists.model_file import load_model
from lists.register_artifact import open_register, read_manifest, verify_register
from lists.register_build import MAX_REFUSED, MAX_SHRINK, build_register
from matchers.exact_identity import resolve
from matchers.fuzzy_identity import ScoredCandidate, every_candidate, find_leads
from matchers.handles import normalise
from matchers.match_model import MatchModel
from matchers.register import NO_OFFSET, Register
from matchers.types import Identity
from streams.records import PLATFORMS, Actor, PublicPost

app = typer.Typer(no_args_is_help=True, help="Build and inspect the register of declared accounts.")

MOST_SHOWN = 200
"""Candidates of one handle; a common one has thousands."""
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
    with staged() as progress:
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
    settings = invocation(ctx).settings()
    judgement = settings.judgement
    model = load_model(settings.lists.model_file)
    index = open_register(_register_dir(ctx, register))
    post = _probe(platform, handle, account_id, name, bio, _instant(at))
    found = _look_up(index, model, post, judgement)
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
    if found["more_candidates"]:
        typer.echo(f"            and {found['more_candidates']:,} more, whose handles say less")
    lead = "a lead" if found["lead"] else "no lead"
    typer.echo(f"lead        {lead} (threshold {threshold:.2%}, model {model.version})")


def _look_up(
    index: Register, model: MatchModel, post: PublicPost, judgement: JudgementSettings
) -> dict[str, Any]:
    (finding,) = resolve([post], index)
    candidates: list[ScoredCandidate] = []
    left, lead = 0, None
    if finding is None:
        candidates, left = every_candidate(post, index, model, judgement, MOST_SHOWN)
        (lead,) = find_leads([post], index, model, judgement)
    return {
        "platform": post.platform,
        "handle": normalise(post.platform, post.actor.handle),
        "identity": finding.status if isinstance(finding, Identity) else finding or "none",
        "registered_handle": index.account(finding.row).handle
        if isinstance(finding, Identity)
        else None,
        "candidates": [_described(one, index, model) for one in candidates],
        "more_candidates": left,
        "lead": lead is not None,
        "lead_threshold": judgement.lead_threshold,
        "model": model.version,
        "register": index.version,
    }


def _described(one: ScoredCandidate, index: Register, model: MatchModel) -> dict[str, Any]:
    return {
        "handle": index.account(one.row).handle,
        "probability": one.probability,
        "weight_bits": one.weight / 10,
        "can_carry_a_lead": one.evidence.can_carry_a_lead,
        "levels": [
            {
                "level": level,
                "bits": weight.tenths / 10,
                "example": weight.example,
                "basis": weight.basis,
            }
            for level, weight in model.parts(one.evidence)
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


@app.command()
def verify(
    ctx: typer.Context,
    directory: Annotated[Path | None, typer.Argument(metavar="DIR")] = None,
) -> None:
    """Hash every file of the register; DIR defaults to lists.register_dir."""
    place = _register_dir(ctx, directory)
    total = sum(file.size for file in read_manifest(place).files.values())
    with counted("bytes", total) as progress:
        manifest = verify_register(place, progress)
    typer.echo(f"{place}: {len(manifest.files)} files, {total:,} bytes, all as they were written")


app.command("compact")(compact)
add_commands(app, counted)
