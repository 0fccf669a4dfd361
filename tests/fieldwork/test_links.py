"""Contractors without an account: the link that staff give out, and the page behind it."""

import io
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.database import session, transaction
from app.departments.queries import by_code
from app.fieldwork import links, links_work
from app.fieldwork.links_views import address
from app.fieldwork.links_work import Given, Step
from app.fieldwork.models import JobLink
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.cards import page_of
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import CHANGES, Party, Status, possible
from app.yearbook.recount import recount
from tests.photos.samples import jpeg

from ..factories import actor, changed, staff, submitted
from ..pages import actions

FIRM = "Lys og Ledning"
DONE = {"led_to_improvement": "yes", "message": "Lampen er skiftet."}


def signed_in(client, jurisdiction, role=Role.CASE_HANDLER, department="roads"):
    who = staff(jurisdiction, department, role, f"{role}.{department}@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    return who


@pytest.fixture
def report(jurisdiction):
    return submitted(
        jurisdiction, email="reporter@example.org", phone="+4791234567", name="Reporter"
    )


@pytest.fixture
def link(app, report):
    return given_out(report)


def given_out(report, *, days=14, now=None):
    with transaction():
        return links_work.give_out(
            session().get(ServiceRequest, report.id),
            FIRM,
            days,
            account_id=None,
            now=now or datetime.now(UTC),
        )


def url_of(app, link):
    return f"/arbeid/{links.write(app.config['SECRET_KEY'], link.id)}"


def sent(client, url, step, **form):
    return client.post(f"{url}/{step}", data={"key": str(uuid4())} | form)


def now_of(report):
    session().rollback()
    session().expire_all()
    return session().get(ServiceRequest, report.id)


def entries(report):
    return [entry for entry in now_of(report).history if entry.actor == Party.CONTRACTOR]


# --- what the table allows --------------------------------------------------------------------------


def test_a_contractor_starts_and_fixes_what_is_open_and_nothing_else():
    allowed = {pair for pair, row in CHANGES.items() if Party.CONTRACTOR in row.roles}
    assert {target for _, target in allowed} == {Status.IN_PROGRESS, Status.FIXED}
    assert possible(Status.FIXED, {Party.CONTRACTOR}) == []
    assert possible(Status.FORWARDED, {Party.CONTRACTOR}) == []


# --- giving it out ----------------------------------------------------------------------------------


def test_staff_make_a_link_copy_it_and_end_it(app, client, jurisdiction, report):
    signed_in(client, jurisdiction)
    page = client.get(f"/oppdrag/{report.number}").text
    assert f"/oppdrag/{report.number}/lenker" in actions(page)
    form = {"label": f"  {FIRM} ", "days": "7"}
    for _ in range(2):  # pressed twice
        assert client.post(f"/oppdrag/{report.number}/lenker", data=form).status_code == 303
    link = session().scalars(select(JobLink)).one()
    assert (link.label, link.expires_at - link.created_at) == (FIRM, timedelta(days=7))
    page = client.get(f"/oppdrag/{report.number}").text
    with app.test_request_context():
        assert address(link.id, jurisdiction) in page
    url = url_of(app, link)
    assert client.get(url).status_code == 200
    ended = client.post(f"/oppdrag/{report.number}/lenker/{link.id}/avslutt")
    assert ended.status_code == 303
    assert client.get(url).status_code == 410
    assert url not in client.get(f"/oppdrag/{report.number}").text


@pytest.mark.parametrize("days", ["0", "91", "-1", "x", "", "1.5", "9" * 40, "\x00"])
def test_the_days_must_be_from_1_to_90(client, jurisdiction, report, days):
    signed_in(client, jurisdiction)
    answer = client.post(f"/oppdrag/{report.number}/lenker", data={"label": FIRM, "days": days})
    assert answer.status_code == 422
    assert 'id="days-error"' in answer.text
    assert FIRM in answer.text
    assert session().scalars(select(JobLink)).all() == []


@pytest.mark.parametrize("label", ["", "   ", "x" * 81])
def test_a_link_is_for_a_named_firm(client, jurisdiction, report, label):
    signed_in(client, jurisdiction)
    answer = client.post(f"/oppdrag/{report.number}/lenker", data={"label": label, "days": "14"})
    assert answer.status_code == 422
    assert 'id="label-error"' in answer.text


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [
        (Role.CREW, "roads", 403),
        (Role.CASE_HANDLER, "waste", 404),
        (Role.FIRST_LINE, "service_desk", 303),
    ],
)
def test_who_gives_out_links(client, jurisdiction, report, role, department, status):
    signed_in(client, jurisdiction, role, department)
    form = {"label": FIRM, "days": "14"}
    assert client.post(f"/oppdrag/{report.number}/lenker", data=form).status_code == status
    assert len(session().scalars(select(JobLink)).all()) == (status == 303)


def test_nobody_ends_a_link_of_another_report(client, jurisdiction, report, link):
    other = submitted(jurisdiction)
    signed_in(client, jurisdiction)
    answer = client.post(f"/oppdrag/{other.number}/lenker/{link.id}/avslutt")
    assert answer.status_code == 404
    session().rollback()
    assert session().get(JobLink, link.id).ended_at is None


def test_staff_see_when_it_was_first_opened(app, client, report, link):
    url = url_of(app, link)
    client.get(url, headers={"Sec-Purpose": "prefetch;prerender"})
    client.head(url)
    session().rollback()
    assert session().get(JobLink, link.id, populate_existing=True).opened_at is None
    client.get(url)
    first = session().get(JobLink, link.id, populate_existing=True).opened_at
    assert first is not None
    client.get(url)
    assert session().get(JobLink, link.id, populate_existing=True).opened_at == first


# --- when it cannot be used -------------------------------------------------------------------------


def test_a_link_that_is_not_ours_is_not_found(app, client, link):
    url = url_of(app, link)
    forged = links.write("another secret", link.id)
    for token in (forged, url[8:-1], "x", "%00", "æ" * 300):
        assert client.get(f"/arbeid/{token}").status_code == 404
        assert client.post(f"/arbeid/{token}/start").status_code in {400, 404}


def test_a_link_that_is_over_says_so(app, client, report):
    old = given_out(report, days=1, now=datetime.now(UTC) - timedelta(days=2))
    url = url_of(app, old)
    shown = client.get(url)
    assert shown.status_code == 410
    assert report.description not in shown.text
    assert sent(client, url, "start").status_code == 410
    assert now_of(report).status == "assigned"


def test_a_link_ends_with_the_departments_having_the_report(
    app, client, jurisdiction, report, link
):
    waste = by_code(jurisdiction.id, "waste").id
    with transaction() as current:
        current.execute(
            update(ServiceRequest).where(ServiceRequest.id == report.id).values(department_id=waste)
        )
    url = url_of(app, link)
    assert client.get(url).status_code == 410
    assert sent(client, url, "utfort", **DONE).status_code == 410
    assert now_of(report).status == "assigned"


def test_a_report_that_is_gone_takes_its_links_with_it(app, client, report, link):
    url = url_of(app, link)
    with transaction() as current:
        current.delete(current.get(JobLink, link.id))
    assert client.get(url).status_code == 410


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_shows_the_job_and_nothing_of_the_reporter(app, client, report, link):
    answer = client.get(url_of(app, link))
    assert report.description in answer.text
    assert FIRM in answer.text
    contact = session().scalars(select(Contact)).one()
    for secret in (contact.email, contact.phone, contact.name, report.token):
        assert secret not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_speaks_the_languages_of_the_service(app, client, link, language):
    client.set_cookie("language", language)
    assert f'lang="{language}"' in client.get(url_of(app, link)).text


# --- working ----------------------------------------------------------------------------------------


def test_a_job_is_started_commented_photographed_and_done(app, client, report, link):
    url = url_of(app, link)
    assert sent(client, url, "start").status_code == 303
    assert sent(client, url, "merknad", message="Trenger lift.").status_code == 303
    photo = {"photo": (io.BytesIO(jpeg()), "before.jpg"), "shows": "fault"}
    assert sent(client, url, "bilde", **photo).status_code == 303
    after = {"photo": (io.BytesIO(jpeg()), "after.jpg")}
    assert sent(client, url, "utfort", **DONE, **after).status_code == 303
    found = now_of(report)
    assert (found.status, found.led_to_improvement) == ("fixed", True)
    kinds = [(entry.kind, entry.visibility) for entry in entries(report)]
    assert kinds == [
        ("status", "public"),
        ("note", "internal"),
        ("photo", "internal"),
        ("status", "public"),
    ]
    assert {entry.data["contractor"] for entry in entries(report)} == {FIRM}
    added = pictures.shown(now_of(report), personal=True)
    assert [(item.shows, item.added_by) for item in added] == [
        ("fault", "outside"),
        ("fix", "outside"),
    ]
    assert recount().faults == []


def test_what_the_contractor_writes_and_who_it_is_stays_among_staff(
    app, client, jurisdiction, report, link
):
    url = url_of(app, link)
    sent(client, url, "merknad", message="Portkode 4711")
    sent(client, url, "start")
    for personal in (True, False):
        shown = str(page_of(now_of(report), personal=personal, now=datetime.now(UTC)))
        assert "4711" not in shown
        assert FIRM not in shown
    assert FIRM not in client.get(f"/meldinger/{report.number}").text
    signed_in(client, jurisdiction)
    page = client.get(f"/oppdrag/{report.number}").text
    assert "4711" in page
    assert page.count(FIRM) > 1


@pytest.mark.parametrize(
    ("step", "form", "field"),
    [
        ("utfort", {}, "improved-error"),
        ("utfort", {"led_to_improvement": "maybe"}, "improved-error"),
        ("merknad", {"message": " "}, "message-merknad-error"),
        ("merknad", {"message": "x" * 2001}, "message-merknad-error"),
        ("bilde", {}, "photo-bilde-error"),
        ("bilde", {"photo": (io.BytesIO(b"<svg/>"), "x.jpg")}, "photo-bilde-error"),
        ("merknad", {"message": "Hei", "key": "x"}, "errors"),
        ("merknad", {"message": "Hei", "key": ""}, "errors"),
    ],
)
def test_what_is_missing_is_asked_for(app, client, report, link, step, form, field):
    answer = sent(client, url_of(app, link), step, **form)
    assert answer.status_code == 422
    assert f'id="{field}"' in answer.text
    assert entries(report) == []


def test_there_are_no_other_steps(app, client, link):
    assert sent(client, url_of(app, link), "avvis").status_code == 404


@pytest.mark.parametrize("step", ["start", "merknad", "utfort"])
def test_a_form_sent_twice_counts_once(app, client, report, link, step):
    form = {"key": str(uuid4()), "message": "En gang.", "led_to_improvement": "yes"}
    url = url_of(app, link)
    answers = [sent(client, url, step, **form).status_code for _ in range(3)]
    assert answers == [303] * 3
    assert len(entries(report)) == 1


def test_a_form_sent_twice_at_the_same_time_counts_once(app, report, link):
    given = Given(step=Step.NOTE, key=str(uuid4()), message="Samtidig.")
    together, jurisdiction_id, link_id = Barrier(4), report.jurisdiction_id, link.id

    def send():
        with app.app_context():
            together.wait()
            with transaction():
                links_work.work(link_id, jurisdiction_id, given, now=datetime.now(UTC))

    session().rollback()
    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(entries(report)) == 1


def test_a_report_that_was_closed_meanwhile_is_a_conflict(app, client, jurisdiction, report, link):
    crew = actor(staff(jurisdiction, "roads", Role.CREW, "crew@example.org"))
    changed(report, Status.NO_ACTION, crew, message="Ingen feil.")
    url = url_of(app, link)
    answer = sent(client, url, "utfort", **DONE)
    assert answer.status_code == 409
    assert DONE["message"] in answer.text
    found = now_of(report)
    assert (found.status, found.led_to_improvement) == ("no_action", False)
    assert not [action for action in actions(client.get(url).text) if "/arbeid/" in action]


def test_starting_what_someone_else_has_started_changes_nothing(
    app, client, jurisdiction, report, link
):
    crew = actor(staff(jurisdiction, "roads", Role.CREW, "crew@example.org"))
    changed(report, Status.IN_PROGRESS, crew)
    before = len(session().scalars(select(HistoryEntry)).all())
    assert sent(client, url_of(app, link), "start").status_code == 303
    session().rollback()
    assert len(session().scalars(select(HistoryEntry)).all()) == before


def test_a_link_of_another_municipality_opens_nothing_here(app, report, link):
    with pytest.raises(links.LinkOver):
        links_work.opened(link.id, report.jurisdiction_id + 1, now=datetime.now(UTC))
