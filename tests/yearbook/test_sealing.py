"""Sealing a year: what is kept, who sees it when, and that what is corrected after adds up, always."""

import base64
import csv
import hashlib
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import psycopg
import pytest
import rfc8785
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from app.database import session, transaction
from app.errors import Conflict, Invalid
from app.jurisdictions.models import Jurisdiction
from app.roles import Role
from app.service_requests.acting import Work
from app.service_requests.models import ServiceRequest
from app.service_requests.operations import correct_improvement, lock
from app.service_requests.status import Status
from app.yearbook import operations, queries, tasks
from app.yearbook.operations import publish, seal, seal_due
from app.yearbook.recount import added, recount
from app.yearbook.sealing import counts_of

from ..conftest import unseal
from ..factories import PASSWORD, actor, changed, staff, submitted

THEN = datetime(2025, 3, 3, 8, tzinfo=UTC)
NOW = datetime(2026, 2, 15, 8, tzinfo=UTC)
ADDRESS = "/statistikk/forseglet/2025"


def sealed(jurisdiction, year=2025, *, public_from=None, now=NOW):
    with transaction():
        return seal(jurisdiction, year, public_from=public_from, by=None, now=now)


def correct(report, who, *, improved):
    with transaction():
        found = lock(report.id, report.version)
        work = Work(version=found.version, led_to_improvement=improved)
        correct_improvement(found, work, who, now=NOW)
    session().refresh(report)


@pytest.fixture
def crew(jurisdiction):
    return actor(staff(jurisdiction))


@pytest.fixture
def fixed(jurisdiction, crew):
    """A report from 2025 that led to an improvement."""
    report = submitted(jurisdiction, now=THEN)
    later = THEN + timedelta(days=2)
    return changed(report, Status.FIXED, crew, now=later, led_to_improvement=True)


def holds_together(jurisdiction, year=2025):
    """Sealed and corrected are what a plain count says now."""
    row = queries.sealed(jurisdiction.id, year)
    both = added(counts_of(row.content), queries.revised(jurisdiction.id, year))
    return both == queries.live(jurisdiction.id, year) == queries.kept(jurisdiction.id, year)


def test_the_file_has_the_years_figures_and_its_bytes_have_the_digest(client, jurisdiction, fixed):
    submitted(jurisdiction, now=THEN, service_code="LIGHT-DARK")
    submitted(jurisdiction, now=THEN + timedelta(days=365))
    row = sealed(jurisdiction)
    answer = client.get(f"{ADDRESS}.json")
    assert hashlib.sha256(answer.data).hexdigest() == row.digest
    content = answer.json
    assert rfc8785.dumps(content) == answer.data
    assert (content["year"], content["jurisdiction"]["number"]) == (2025, "1505")
    assert (content["total"]["received"], content["total"]["led_to_improvement"]) == (2, 1)
    groups = {
        one["code"]: (one["received"], one["led_to_improvement"]) for one in content["groups"]
    }
    assert groups["road"] == (1, 1)
    assert groups["street_light"] == (1, 0)
    assert groups["water"] == (0, 0)
    services = {one["code"]: one for one in content["services"]}
    assert services["ROAD-POTHOLE"]["measures"]["fix_days_median"] == 2
    assert set(content["rules"]) == {"nb", "nn", "en"}
    assert {one["code"] for one in content["measures"]} >= {"received", "fix_days_median"}


@pytest.mark.parametrize("coding", ["gzip", "br", "identity"])
def test_the_digest_that_is_sent_along_is_of_the_bytes_that_are_sent(
    client, jurisdiction, fixed, coding
):
    sealed(jurisdiction)
    answer = client.get(f"{ADDRESS}.json", headers={"Accept-Encoding": coding})
    raw = base64.b64encode(hashlib.sha256(answer.data).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{raw}:"
    assert "no-transform" in answer.headers["Cache-Control"]
    again = client.get(
        f"{ADDRESS}.json",
        headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


def test_the_csv_has_the_same_figures(client, jurisdiction, fixed):
    sealed(jurisdiction)
    rows = list(csv.DictReader(StringIO(client.get(f"{ADDRESS}.csv").text)))
    total = next(row for row in rows if row["level"] == "total")
    assert (total["received"], total["led_to_improvement"]) == ("1", "1")


def test_only_a_finished_year_that_was_counted_here_is_sealed(app, jurisdiction, fixed):
    for year, word in ((2026, "not over"), (2018, "annual report"), (1999, "counted")):
        with pytest.raises(Invalid) as fault:
            sealed(jurisdiction, year)
        assert "year" in fault.value.errors, word


def test_the_year_ends_by_the_municipalitys_clock(app, jurisdiction, fixed):
    with pytest.raises(Invalid):
        sealed(jurisdiction, now=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    assert sealed(jurisdiction, now=datetime(2025, 12, 31, 23, 1, tzinfo=UTC)).year == 2025


def test_twice_is_refused_and_the_first_stands(app, jurisdiction, fixed):
    first = sealed(jurisdiction).digest
    with pytest.raises(Conflict):
        sealed(jurisdiction)
    assert queries.sealed(jurisdiction.id, 2025).digest == first


def test_the_database_refuses_to_change_or_remove_it(app, jurisdiction, fixed, crew):
    sealed(jurisdiction)
    correct(fixed, crew, improved=False)
    for statement in (
        "UPDATE sealed_year SET content = '{}'",
        "UPDATE sealed_year SET digest = 'x'",
        "DELETE FROM sealed_year",
        "TRUNCATE sealed_year",
        "UPDATE figure_revision SET received = 0",
        "DELETE FROM figure_revision",
        "TRUNCATE figure_revision",
    ):
        with pytest.raises(DatabaseError, match="stands"), transaction() as current:
            current.execute(text(statement))
    assert holds_together(jurisdiction)


def test_corrections_are_told_with_day_amount_reason_and_report(client, jurisdiction, fixed, crew):
    sealed(jurisdiction)
    correct(fixed, crew, improved=False)
    html = client.get(ADDRESS).text
    part = html[html.index('id="corrections"') :]
    assert f">{fixed.number}</a>" in part
    assert "\u22121" in part
    assert holds_together(jurisdiction)
    today = html[html.index("yb-compare") : html.index("yb-more")]
    assert "(\u22121)" in today
    assert queries.sealed(jurisdiction.id, 2025).content["total"]["led_to_improvement"] == 1


def test_a_rejected_report_is_told_without_its_number(client, jurisdiction):
    report = submitted(jurisdiction, now=THEN)
    sealed(jurisdiction)
    desk = actor(staff(jurisdiction, role=Role.FIRST_LINE))
    changed(report, Status.REJECTED, desk, message="Spam")
    html = client.get(ADDRESS).text
    assert report.number not in html
    assert holds_together(jurisdiction)
    (revision,) = queries.revisions(jurisdiction.id, 2025, limit=9)
    assert (revision.reason, revision.counts.received) == ("rejected", -1)


def test_another_category_moves_the_count_and_the_sum_stands(app, jurisdiction, fixed):
    sealed(jurisdiction)
    with transaction():
        other = queries.services(jurisdiction.id)
        wanted = next(key for key, one in other.items() if one.code == "LIGHT-DARK")
        session().get_one(ServiceRequest, fixed.id).service_id = wanted
    assert holds_together(jurisdiction)
    assert (
        sum(one.counts.received for one in queries.revisions(jurisdiction.id, 2025, limit=9)) == 0
    )


def test_before_its_day_only_administrators_and_analysts_see_it(client, jurisdiction, fixed):
    sealed(jurisdiction, public_from=date(2027, 1, 1))
    paths = [ADDRESS, f"{ADDRESS}.json", f"{ADDRESS}.csv"]
    assert [client.get(path).status_code for path in paths] == [404] * 3
    assert (
        "2025"
        not in client.get("/statistikk/forseglet").text.split("yb-years")[1].split("</ul>")[0]
    )
    for role, expected in ((Role.CREW, 404), (Role.ANALYST, 200), (Role.ADMINISTRATOR, 200)):
        email = f"early-{role.value}@example.org"
        staff(jurisdiction, role=role, email=email)
        client.post("/logg-inn", data={"email": email, "password": PASSWORD})
        answers = [client.get(path) for path in paths]
        assert [answer.status_code for answer in answers] == [expected] * 3
        if expected == 200:
            assert all("public" not in answer.headers["Cache-Control"] for answer in answers)
        client.post("/logg-ut")


def test_its_day_can_be_moved_until_it_is_public(app, jurisdiction, fixed):
    row = sealed(jurisdiction, public_from=date(2026, 3, 1))
    assert row.public_from == datetime(2026, 2, 28, 23, tzinfo=UTC)
    with transaction():
        publish(queries.sealed(jurisdiction.id, 2025), jurisdiction, None, now=NOW)
    assert queries.sealed(jurisdiction.id, 2025).public_from == NOW
    row = queries.sealed(jurisdiction.id, 2025)
    with pytest.raises(Conflict):
        publish(row, jurisdiction, date(2026, 4, 1), now=NOW)


@pytest.mark.parametrize(
    ("at", "is_sealed"),
    [
        (datetime(2026, 2, 14, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 2, 14, 23, 1, tzinfo=UTC), True),
        (datetime(2026, 6, 1, tzinfo=UTC), True),
    ],
)
def test_the_clock_seals_last_year_on_the_municipalitys_day(
    app, jurisdiction, fixed, at, is_sealed
):
    plan = {"day": "02-15", "public_after_days": 14}
    with transaction():
        own = session().get_one(Jurisdiction, jurisdiction.id)
        own.sealing = plan
        made = seal_due(own, now=at)
        own.sealing = None
    assert (made is not None) is is_sealed
    if made:
        assert made.public_from - at > timedelta(days=12)
        with transaction():
            own = session().get_one(Jurisdiction, jurisdiction.id)
            own.sealing = plan
            assert seal_due(own, now=at) is None
            own.sealing = None


def test_without_a_plan_the_clock_seals_nothing(app, jurisdiction, fixed):
    assert seal_due(jurisdiction, now=NOW) is None


def test_a_municipality_that_fails_keeps_no_other_unsealed(app, jurisdiction, monkeypatch, caplog):
    year = datetime.now(UTC).year - 1
    submitted(jurisdiction, now=datetime(year, 3, 3, 8, tzinfo=UTC))
    plan = {"day": "01-01"}
    broken = Jurisdiction(number="0001", sealing=plan, time_zone="No/Where")
    monkeypatch.setattr(tasks, "all_jurisdictions", lambda: [broken, jurisdiction])
    with transaction():
        jurisdiction.sealing = plan
    try:
        with pytest.raises(ExceptionGroup) as caught:
            tasks.seal_due()
    finally:
        with transaction():
            jurisdiction.sealing = None
    assert len(caught.value.exceptions) == 1
    assert "0001" in caplog.text
    assert queries.sealed(jurisdiction.id, year) is not None


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2025, 12, 31), date(2029, 1, 1), date.max])
def test_a_day_far_from_now_is_refused_at_its_field(app, jurisdiction, fixed, day):
    with pytest.raises(Invalid) as fault:
        sealed(jurisdiction, public_from=day)
    assert set(fault.value.errors) == {"public_from"}
    row = sealed(jurisdiction, public_from=date(2026, 3, 1))
    with pytest.raises(Invalid) as fault, transaction():
        publish(row, jurisdiction, day, now=NOW)
    assert set(fault.value.errors) == {"public_from"}


def test_who_changes_reports_in_bulk_for_too_long_is_not_waited_for(
    app, jurisdiction, fixed, monkeypatch
):
    monkeypatch.setattr(operations, "WAIT", "100ms")
    with psycopg.connect(conninfo(app)) as other:
        other.execute("UPDATE service_request SET updated_at = now()")
        with pytest.raises(Conflict):
            sealed(jurisdiction)
    assert sealed(jurisdiction).year == 2025


def conninfo(app):
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def test_the_recount_finds_a_sealed_year_that_does_not_add_up(app, jurisdiction, fixed, crew):
    sealed(jurisdiction)
    correct(fixed, crew, improved=False)
    assert recount().faults == []
    with transaction() as current:
        unseal(current.connection(), "figure_revision")
    assert recount().faults == ["1505, 2025: sealed and corrected differ from the history"]


def test_a_year_that_is_not_sealed_is_not_found(client, jurisdiction):
    assert client.get("/statistikk/forseglet/2031").status_code == 404
    assert client.get("/statistikk/forseglet").status_code == 200


def test_a_broken_page_address_is_told(client, jurisdiction, fixed):
    sealed(jurisdiction)
    assert client.get(f"{ADDRESS}?eldre_enn=x").status_code == 400
    assert client.get(f"{ADDRESS}?eldre_enn=5").status_code == 200
