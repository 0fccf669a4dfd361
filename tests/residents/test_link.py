"""«Mine meldinger» by a link sent by e-mail."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from app.database import session, transaction
from app.residents import links
from app.residents.models import ResidentSession
from app.residents.operations import forget_old
from app.security import RESIDENT_COOKIE, limiter
from app.service_requests.models import Contact

from ..conftest import KEY
from ..factories import do_jobs, orders, submitted

ADDRESS = "reporter@example.org"


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email=ADDRESS)


def asked(client, email=ADDRESS):
    return client.post("/mine-meldinger/lenke", data={"email": email})


def sent(app):
    """The addresses and texts of the letters with a link."""
    do_jobs(app)
    folder = app.config["SETTINGS"].mail_folder
    found = []
    for path in sorted(folder.glob("link.*.eml"), key=lambda path: path.stat().st_mtime_ns):
        message = path.read_text("utf-8").replace("=\n", "")
        found.append(message)
        path.unlink()
    return found


def token_for(report):
    contact = (
        session().scalars(select(Contact).where(Contact.service_request_id == report.id)).one()
    )
    return links.write(KEY, contact_id=contact.id, jurisdiction_id=contact.jurisdiction_id)


def signed_in(client, report):
    answer = client.post(f"/mine-meldinger/lenke/{token_for(report)}")
    assert (answer.status_code, answer.location) == (303, "/mine-meldinger")
    return client


def test_the_link_leads_from_the_letter_to_the_reports(app, client, report, jurisdiction):
    other = submitted(jurisdiction, email="other@example.org")
    asked(client)
    (letter,) = sent(app)
    assert f"To: {ADDRESS}" in letter
    path = re.search(r"/mine-meldinger/lenke/[\w.-]+", letter)[0]
    assert "Vis mine meldinger" in client.get(path).text
    assert client.post(path).location == "/mine-meldinger"
    page = client.get("/mine-meldinger")
    assert report.number in page.text
    assert f"/m/{report.token}" in page.text
    assert other.number not in page.text


def test_the_answer_is_the_same_for_an_address_nobody_knows(app, client, report):
    known, unknown = asked(client), asked(client, "nobody@example.org")
    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )
    assert len(sent(app)) == 1


def test_neither_the_job_nor_the_link_holds_the_address(client, report):
    asked(client)
    name, arguments = orders()[-1]
    assert name == "residents.send_link"
    assert "example.org" not in str(arguments)
    assert "example" not in token_for(report)


def test_capitals_do_not_matter(app, client, report):
    asked(client, " Reporter@Example.org ")
    assert len(sent(app)) == 1


def test_an_address_that_gave_up_gets_no_link(app, client, report):
    with transaction():
        session().execute(update(Contact).values(stopped_at=datetime.now(UTC)))
    asked(client)
    assert sent(app) == []


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x\x00@example.org", "a@b.no, c@d.no"])
def test_what_is_no_address_is_named(client, email):
    answer = asked(client, email)
    assert answer.status_code == 422
    assert "Skriv en e-postadresse" in answer.text


def test_opening_the_link_changes_nothing_since_mail_scanners_do(client, report):
    path = f"/mine-meldinger/lenke/{token_for(report)}"
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert session().scalar(select(ResidentSession)) is None
    assert client.get_cookie(RESIDENT_COOKIE) is None


def test_the_page_of_the_link_shows_only_a_hint_of_the_address(client, report):
    page = client.get(f"/mine-meldinger/lenke/{token_for(report)}").text
    assert "r•••@example.org" in page
    assert ADDRESS not in page


def test_a_link_works_once_even_after_signing_out(app, client, report):
    path = f"/mine-meldinger/lenke/{token_for(report)}"
    assert client.post(path).status_code == 303
    client.post("/mine-meldinger/logg-ut")
    again = app.test_client().post(path)
    assert again.status_code == 410
    assert "Be om en ny" in app.test_client().post(path, headers={"Accept-Language": "nb"}).text


@pytest.mark.parametrize("rubbish", ["~~~~", "é", "=", "!"])
def test_rubbish_after_a_used_link_makes_no_new_one_of_it(app, client, report, rubbish):
    token = token_for(report)
    assert client.post(f"/mine-meldinger/lenke/{token}").status_code == 303
    again = app.test_client().post(f"/mine-meldinger/lenke/{token}{rubbish}")
    assert again.status_code in {404, 410}
    assert len(session().scalars(select(ResidentSession)).all()) == 1


def test_a_link_of_yesterday_asks_for_a_new_one(client, report, monkeypatch):
    path = f"/mine-meldinger/lenke/{token_for(report)}"
    monkeypatch.setattr(links, "MINUTES", -1)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
        assert 'name="email"' in answer.text


def test_a_forged_link_is_not_ours(client, report):
    token = token_for(report)
    forged = links.write("another key, long enough", contact_id=1, jurisdiction_id=1)
    words, signature = token.rsplit(".", 1)
    for wrong in (forged, f"{words}.{signature[::-1]}", "x"):
        assert client.get(f"/mine-meldinger/lenke/{wrong}").status_code == 404
        assert client.post(f"/mine-meldinger/lenke/{wrong}").status_code == 404


def test_a_link_of_another_municipality_is_not_ours(client, report):
    token = links.write(KEY, contact_id=1, jurisdiction_id=999)
    assert client.post(f"/mine-meldinger/lenke/{token}").status_code == 404


def test_a_link_whose_address_was_erased_opens_nothing(client, report):
    path = f"/mine-meldinger/lenke/{token_for(report)}"
    with transaction():
        session().execute(text("DELETE FROM contact"))
    assert client.post(path).status_code == 410


def test_the_session_table_holds_nothing_that_can_be_read(client, report):
    signed_in(client, report)
    row = session().scalars(select(ResidentSession)).one()
    secret = client.get_cookie(RESIDENT_COOKIE).value
    assert "example" not in str(vars(row))
    assert secret.encode() not in row.key
    assert "example" not in secret


def test_the_cookie_is_kept_from_scripts_and_ends_with_the_browser(client, report):
    answer = client.post(f"/mine-meldinger/lenke/{token_for(report)}")
    cookie = next(
        value for value in answer.headers.getlist("Set-Cookie") if value.startswith("resident=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie


def test_a_planted_cookie_is_not_taken_over(app, client, report):
    client.set_cookie(RESIDENT_COOKIE, "planted by somebody else")
    signed_in(client, report)
    assert client.get_cookie(RESIDENT_COOKIE).value != "planted by somebody else"
    other = app.test_client()
    other.set_cookie(RESIDENT_COOKIE, "planted by somebody else")
    assert report.number not in other.get("/mine-meldinger").text


def aged(**changes):
    with transaction():
        session().execute(update(ResidentSession).values(**changes))


def test_half_an_hour_without_use_ends_the_session(client, report):
    signed_in(client, report)
    aged(seen_at=datetime.now(UTC) - timedelta(minutes=31))
    page = client.get("/mine-meldinger")
    assert report.number not in page.text
    assert "Du er logget ut" in page.text
    assert client.get_cookie(RESIDENT_COOKIE) is None


def test_use_keeps_the_session_for_two_hours_at_most(client, report):
    signed_in(client, report)
    now = datetime.now(UTC)
    aged(seen_at=now - timedelta(minutes=29), started_at=now - timedelta(minutes=119))
    assert report.number in client.get("/mine-meldinger").text
    assert session().scalars(select(ResidentSession.seen_at)).one() > now - timedelta(minutes=1)
    aged(started_at=now - timedelta(minutes=121))
    assert report.number not in client.get("/mine-meldinger").text


def test_old_sessions_are_forgotten_and_new_ones_kept(client, report):
    signed_in(client, report)
    with transaction():
        forget_old(now=datetime.now(UTC))
    assert session().scalar(select(ResidentSession.key)) is not None
    with transaction():
        forget_old(now=datetime.now(UTC) + timedelta(minutes=121))
    assert session().scalar(select(ResidentSession.key)) is None


def test_signing_out_ends_the_session_for_a_copied_cookie_too(app, client, report):
    signed_in(client, report)
    copied = client.get_cookie(RESIDENT_COOKIE).value
    assert client.post("/mine-meldinger/logg-ut").location == "/mine-meldinger/logget-ut"
    thief = app.test_client()
    thief.set_cookie(RESIDENT_COOKIE, copied)
    assert report.number not in thief.get("/mine-meldinger").text


def test_the_pages_of_a_session_are_stored_nowhere(client, report):
    signed_in(client, report)
    for path in ("/mine-meldinger", "/", "/meldinger"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_the_menu_offers_to_sign_out_only_to_who_is_here(client, report):
    assert "/mine-meldinger/logg-ut" not in client.get("/").text
    signed_in(client, report)
    assert "/mine-meldinger/logg-ut" in client.get("/").text


def test_buttons_of_a_session_need_their_token(app, client, report, monkeypatch):
    signed_in(client, report)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert client.post("/mine-meldinger/logg-ut").status_code == 400
    assert report.number in client.get("/mine-meldinger").text


@pytest.mark.parametrize(
    ("site", "token", "status"),
    [
        ("same-origin", "", 303),
        ("same-origin", "forged", 400),
        ("same-site", "", 400),
        ("cross-site", "", 400),
        ("none", "", 400),
    ],
)
def test_a_form_begun_before_signing_in_can_be_sent(
    app, client, report, monkeypatch, site, token, status
):
    signed_in(client, report)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    headers = {"Sec-Fetch-Site": site}
    answer = client.post("/mine-meldinger/logg-ut", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == status


def test_staff_and_residents_sign_in_apart(client, report, jurisdiction):
    from ..factories import PASSWORD, staff

    staff(jurisdiction)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    signed_in(client, report)
    assert client.get("/oppdrag").status_code == 200
    client.post("/mine-meldinger/logg-ut")
    assert client.get("/oppdrag").status_code == 200
    assert report.number not in client.get("/mine-meldinger").text


def test_newest_first_and_older_ones_behind_a_link(client, jurisdiction, monkeypatch):
    made = [submitted(jurisdiction, email=ADDRESS) for _ in range(3)]
    monkeypatch.setattr("app.residents.views.ON_PAGE", 2)
    signed_in(client, made[0])
    first = client.get("/mine-meldinger").text
    assert first.index(made[2].number) < first.index(made[1].number)
    assert made[0].number not in first
    older = re.search(r"/mine-meldinger\?eldre=\d+", first)[0]
    assert made[0].number in client.get(older).text
    assert client.get("/mine-meldinger?eldre=x").status_code == 200


def test_one_machine_may_ask_only_so_often(app, report, monkeypatch):
    monkeypatch.setitem(app.config, "SIGN_IN_LIMIT", "3 per minute")
    limiter.reset()
    client = app.test_client()
    answers = [asked(client, f"{number}@example.org").status_code for number in range(4)]
    assert answers == [303, 303, 303, 429]


def test_one_address_is_written_to_only_so_often(client, report):
    limiter.reset()
    answers = [asked(client, name).status_code for name in [ADDRESS, ADDRESS.upper()] * 3]
    assert answers == [303] * 5 + [429]
    assert asked(client, "other@example.org").status_code == 303
