"""`melde roads`: who owns which road, from NVDB or a file."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import click

from app.cli.context import WHICH, Target, command_app, refusing, target
from app.cli.routing import refresh_facts
from app.database import transaction
from app.geo.files import BrokenFile
from app.geo.nvdb import NvdbAway, Page, fetch
from app.geo.road_files import read_roads
from app.geo.segments import Roads, roads_of
from app.routing.roads import replace_roads
from app.settings import Settings

NEAR_METRES = 5000
"""Roads run on beyond the boundary, but not most of them so far."""


@click.group()
def command() -> None:
    """Bring in the roads and who manages them."""


@command.command("import")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@WHICH
@click.option("--epsg", type=int, help="Coordinate system of a GeoJSON file that does not say it.")
def import_(file: Path | None, number: str | None, epsg: int | None) -> None:
    """Replace the municipality's roads by those of NVDB, or of FILE.

    FILE is one answer of NVDB as JSON, or GeoJSON lines with the properties vegkategori and vegnummer, and if
    wanted typeVeg, vegforvalter, adresse; either may be packed with gzip. All or nothing; safe to
    repeat. Then the roads of the last 400 days' reports are looked up anew, for trying rules on them.
    """
    app = command_app()
    settings: Settings = app.config["SETTINGS"]
    place = target(app, number)
    source = file.name if file else settings.nvdb_url
    with refusing(source):
        roads = read_roads(file, epsg=epsg) if file else _from_nvdb(settings, place.number)
        _refuse_unfit(source, roads, place)
        with app.app_context(), transaction():
            now = datetime.now(UTC)
            before = replace_roads(place.id, roads.segments, source=source, now=now)
    for reason, count in roads.skipped.most_common():
        click.echo(f"left out: {count} segments {reason}")
    click.echo(
        f"{place.number}: {len(roads.segments)} road segments from {source}, in place of {before}"
    )
    refresh_facts(app, place.id, place.number)


def _from_nvdb(settings: Settings, number: str) -> Roads:
    """All pages of NVDB, with a progress bar. :raises click.ClickException: NVDB stays away."""
    pages = fetch(settings.nvdb_url, number, contact=settings.nvdb_contact)
    try:
        objects = list(chain.from_iterable(page.objects for page in _shown(pages)))
    except NvdbAway as fault:
        raise click.ClickException(f"The roads were not replaced: {fault}") from fault
    return roads_of("NVDB", objects)


def _shown(pages: Iterable[Page]) -> Iterable[Page]:
    """The pages, while a bar shows how many segments have come."""
    with click.progressbar(length=1, label="Roads from NVDB", show_pos=True) as bar:
        for page in pages:
            bar.length = max(page.announced or 0, bar.pos + len(page.objects))
            bar.update(len(page.objects))
            yield page


def _refuse_unfit(source: str, roads: Roads, place: Target) -> None:
    """:raises BrokenFile: there are no roads, or most lie elsewhere."""
    if not roads.segments:
        left_out = ", ".join(f"{count} {reason}" for reason, count in roads.skipped.items())
        raise BrokenFile([f"{source}: there are no roads in it; left out: {left_out or 'none'}"])
    lines = [segment.line for segment in roads.segments]
    place.around.refuse_elsewhere(roads.places, lines, metres=NEAR_METRES)
