"""What a phone gets in the morning: the package of a crew's 100 jobs, compressed.

    .venv/bin/python -m benchmarks.crew

Makes a private PostGIS with 100 open jobs such as they are (a description, a street, photos, some rows of
history), asks for them as a phone does, and tells the sizes and the time. It fails at 100 kB or more.
"""

import gzip
import random
import time
from datetime import UTC, datetime
from uuid import uuid4

import click
from flask import Flask
from sqlalchemy import select

from app.accounts.operations import add_account
from app.accounts.queries import identity_of
from app.database import session, transaction
from app.departments.queries import by_code
from app.fieldwork.operations import Verb, actor_for, do
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.photos.models import Photo
from app.security import Identity, Member, Role
from app.service_requests import pictures
from app.service_requests.acting import Work
from app.service_requests.additions import PhotoShows
from app.service_requests.intake import Submission, submit
from app.service_requests.models import ServiceRequest
from benchmarks.clusters import service

JOBS = 100
MOST_BYTES = 100_000
TEXT = (
    "hull veien dypt ved butikken bussen svingen fortauet kanten mørkt lykten regn vann asfalt løs"
    " skilt gjerde barn skolen hver dag flere uker farlig sykkel bil foran huset nummer øverst nede"
)
WORDS = TEXT.split()


def jobs(dice: random.Random, who: Identity, jurisdiction: Jurisdiction) -> None:
    """100 open jobs, no two alike."""
    now = datetime.now(UTC)
    for at in range(JOBS):
        place = Position(
            longitude=7.7279 + dice.uniform(-0.01, 0.01),
            latitude=63.1104 + dice.uniform(-0.004, 0.004),
        )
        told = Submission(
            service_code="ROAD-POTHOLE",
            position=place,
            description=sentence(dice, 25).capitalize(),
            email=f"resident-{at}@example.org",
            phone=f"+479{dice.randrange(10**7):07d}",
            name=f"Resident {at}",
            place_text=f"{dice.choice(WORDS).capitalize()}veien {dice.randrange(1, 90)}",
        )
        made = submit(jurisdiction, told, now=now)
        keys = [photo(dice, jurisdiction, now) for _ in range(2)]
        pictures.attach(made, keys, shows=PhotoShows.FAULT, added_by="reporter", now=now)
        for verb in (Verb.START, Verb.NOTE, Verb.MESSAGE, Verb.MATERIAL, Verb.PAUSE):
            work = Work(version=made.version, message=sentence(dice, 12))
            do(verb, made, work, actor_for(who, made), now=now)


def sentence(dice: random.Random, words: int) -> str:
    """So many words."""
    return " ".join(dice.choices(WORDS, k=words))


def photo(dice: random.Random, jurisdiction: Jurisdiction, now: datetime) -> str:
    """The key of a photo without files."""
    key = f"{dice.getrandbits(160):040x}"
    session().add(
        Photo(
            jurisdiction_id=jurisdiction.id,
            key=key,
            width=1920,
            height=1440,
            size_bytes=1,
            created_at=now,
        )
    )
    session().flush()
    return key


def ask(app: Flask, who: Identity) -> tuple[bytes, float]:
    """The package as it is sent, and the milliseconds that it took."""
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    headers = {"Melde-Device": str(uuid4()), "Accept-Encoding": "gzip"}
    browser.get("/api/v1/crew/jobs", headers=headers)
    start = time.perf_counter()
    answer = browser.get("/api/v1/crew/jobs", headers=headers)
    taken = 1000 * (time.perf_counter() - start)
    if answer.status_code != 200 or answer.headers.get("Content-Encoding") != "gzip":
        raise click.ClickException(f"{answer.status_code} {answer.headers}")
    return answer.data, taken


@click.command()
def main() -> None:
    """Measure the package of 100 jobs."""
    with service() as app, app.app_context():
        jurisdiction = session().scalars(select(Jurisdiction)).one()
        roads = by_code(jurisdiction.id, "roads")
        if roads is None:
            raise click.ClickException("Kristiansund has no department `roads`")
        member = Member(jurisdiction_id=jurisdiction.id, department_id=roads.id, role=Role.CREW)
        with transaction():
            account = add_account("crew@example.org", "correct horse battery staple", [member])
            who = identity_of(account)
            jobs(random.Random(1), who, jurisdiction)  # noqa: S311
        mine = select(ServiceRequest.id).where(ServiceRequest.department_id == roads.id)
        count = len(session().scalars(mine).all())
        sent, taken = ask(app, who)
        plain = len(gzip.decompress(sent))
        click.echo(f"jobs of the crew  {count}")
        click.echo(f"as JSON           {plain / 1000:.1f} kB")
        click.echo(f"as sent (gzip)    {len(sent) / 1000:.1f} kB")
        click.echo(f"made in           {taken:.0f} ms")
        if count != JOBS or len(sent) >= MOST_BYTES:
            raise click.ClickException("a day's 100 jobs are to be sent in less than 100 kB")


if __name__ == "__main__":
    main()
