"""Files and photos that the desk adds to a report."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.database import session
from app.photos.views import current_store
from app.roles import Role
from app.service_requests import attachments
from app.service_requests.additions import Attachment, ServiceRequestPhoto
from app.service_requests.file_kinds import LARGEST_BYTES, OFFICE, media_type, shown_name
from app.service_requests.models import ServiceRequest

from ..factories import do_jobs, submitted
from ..photos.samples import jpeg
from .desk import come_in

PDF = b"%PDF-1.7\n" + b"words " * 50


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, description="Hull i veien")


@pytest.fixture
def desk(client, jurisdiction):
    come_in(client, jurisdiction)
    return client


def send(client, report, *files, kind="file"):
    sent = [(io.BytesIO(content), name) for name, content in files]
    return client.post(f"/innboks/{report.number}/vedlegg", data={"file": sent, "as": kind})


def held(report) -> list[Attachment]:
    session().expire_all()
    query = select(Attachment).where(Attachment.service_request_id == report.id)
    return list(session().scalars(query.order_by(Attachment.id)))


def office(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return packed.getvalue()


def test_a_file_comes_back_as_it_was(desk, report):
    assert send(desk, report, ("Skjema.pdf", PDF)).status_code == 303
    (file,) = held(report)
    page = desk.get(f"/innboks/{report.number}").text
    assert "Skjema.pdf" in page
    assert "desk@example.org" in page
    answer = desk.get(f"/innboks/{report.number}/vedlegg/{file.key}")
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=Skjema.pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_name_in_any_letters_survives(desk, report):
    send(desk, report, ("Målebrev Åse & Øst.pdf", PDF))
    (file,) = held(report)
    assert file.file_name == "Målebrev Åse & Øst.pdf"
    answer = desk.get(f"/innboks/{report.number}/vedlegg/{file.key}")
    assert "filename*=UTF-8''M%C3%A5lebrev" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("page.html", b"<script>alert(1)</script>", 415),
        ("program.exe", b"MZ\x90\x00", 415),
        ("really.pdf", b"<html>", 415),
        ("really.txt", PDF, 415),
        ("drawing.svg", b"<svg onload='alert(1)'/>", 415),
        ("macros.docx", b"PK\x03\x04" + b"word/vbaProject.bin", 415),
        ("binary.txt", b"a\0b", 415),
        ("empty.pdf", b"", 422),
        ("large.pdf", b"%PDF-" + b"x" * LARGEST_BYTES, 413),
    ],
)
def test_what_is_not_taken_is_told_and_leaves_nothing(app, desk, report, name, content, status):
    with app.test_request_context():
        store = current_store()
    before = {kept.name for kept in store.kept(attachments.FOLDER)}
    answer = send(desk, report, (name, content))
    assert answer.status_code == status
    assert 'id="file-error"' in answer.text
    assert held(report) == []
    assert {kept.name for kept in store.kept(attachments.FOLDER)} == before


def test_one_poor_file_loses_no_other(desk, report):
    answer = send(desk, report, ("a.pdf", PDF), ("b.exe", b"MZ"), ("c.txt", b"words"))
    assert answer.status_code == 415
    assert "b.exe" in answer.text
    assert [file.file_name for file in held(report)] == ["a.pdf", "c.txt"]


def test_the_same_file_twice_is_one(desk, report):
    for _ in range(2):
        assert send(desk, report, ("a.pdf", PDF)).status_code == 303
    assert len(held(report)) == 1


def test_a_report_has_at_most_twenty(desk, report, monkeypatch):
    monkeypatch.setattr(attachments, "MOST", 2)
    for number in range(3):
        answer = send(desk, report, (f"{number}.txt", f"words {number}".encode()))
    assert answer.status_code == 422
    assert len(held(report)) == 2


def test_nothing_chosen_and_too_many_at_once(desk, report):
    assert send(desk, report).status_code == 422
    files = [(f"{number}.txt", f"words {number}".encode()) for number in range(6)]
    assert send(desk, report, *files).status_code == 422
    assert len(held(report)) == 5


def test_removing_takes_the_bytes_too(app, desk, report):
    send(desk, report, ("a.pdf", PDF))
    (file,) = held(report)
    name, path = attachments.stored_name(file.key), f"/innboks/{report.number}/vedlegg/{file.key}"
    assert desk.post(f"{path}/fjern").status_code == 303
    do_jobs(app)
    with app.test_request_context():
        assert current_store().read(name) is None
    assert desk.get(path).status_code == 404
    assert desk.post(f"{path}/fjern").status_code == 404
    kinds = [entry.kind for entry in session().get_one(ServiceRequest, report.id).history]
    assert kinds.count("file") == 2


def test_only_staff_know_of_it(app, desk, report):
    send(desk, report, ("Hemmelig.pdf", PDF))
    anyone = app.test_client()
    for path in (
        f"/meldinger/{report.number}",
        f"/m/{report.token}",
        f"/api/v1/service-requests/{report.number}",
    ):
        text = anyone.get(path).text
        assert "Hemmelig" not in text
        assert "vedlagt" not in text
    history = session().get_one(ServiceRequest, report.id).history
    assert all("Hemmelig" not in str(entry.data) + (entry.message or "") for entry in history)


def test_others_do_not_get_it(app, desk, jurisdiction, report):
    send(desk, report, ("a.pdf", PDF))
    (file,) = held(report)
    path = f"/innboks/{report.number}/vedlegg/{file.key}"
    waste = app.test_client()
    come_in(waste, jurisdiction, Role.CASE_HANDLER, "waste", "waste-desk")
    assert waste.get(path).status_code == 404
    assert waste.post(f"{path}/fjern").status_code == 404
    assert send(waste, report, ("b.pdf", PDF)).status_code == 404
    crew = app.test_client()
    come_in(crew, jurisdiction, Role.CREW, "roads", "crew")
    assert crew.get(path).status_code == 403
    another = submitted(jurisdiction)
    assert desk.get(f"/innboks/{another.number}/vedlegg/{file.key}").status_code == 404


def test_a_picture_can_be_a_photo_of_the_report(desk, report):
    assert send(desk, report, ("a.jpg", jpeg()), kind="photo").status_code == 303
    assert held(report) == []
    links = select(func.count()).select_from(ServiceRequestPhoto)
    assert session().scalar(links.where(ServiceRequestPhoto.service_request_id == report.id)) == 1
    assert send(desk, report, ("a.pdf", PDF), kind="photo").status_code == 422


def test_bytes_without_a_row_go_after_a_day(app, desk, report):
    send(desk, report, ("a.pdf", PDF))
    (file,) = held(report)
    with app.test_request_context():
        store = current_store()
    stray = "files/ab/" + "ab" * 16
    store.write(stray, b"left by a crash", "application/pdf")
    now = datetime.now(UTC)
    assert attachments.remove_orphans(store, now=now) == 0
    assert attachments.remove_orphans(store, now=now + timedelta(hours=25)) >= 1
    assert store.read(stray) is None
    assert store.read(attachments.stored_name(file.key)) == PDF


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.PDF", PDF, "application/pdf"),
        (
            "a.docx",
            office("word/document.xml"),
            f"{OFFICE}wordprocessingml.document",
        ),
        ("a.zip", office("x"), None),
        ("a.docm", office("word/document.xml"), None),
        ("a.csv", "navn;måling\n".encode("cp1252"), "text/csv"),
        ("a", PDF, None),
        ("", b"", None),
    ],
)
def test_kinds_are_told_by_bytes_and_name_together(name, content, kind):
    assert media_type(name, content) == kind


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("a\u202efdp.exe.pdf", "a fdp.exe.pdf"),
        ("  .pdf", "pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("\0\r\n", "fil"),
    ],
)
def test_names_are_shown_without_what_misleads(name, shown):
    assert shown_name(name) == shown
