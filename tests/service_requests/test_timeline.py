from datetime import UTC, datetime, timedelta

import pytest

from app.i18n import force_locale
from app.roles import Role
from app.service_requests.cards import coordinates_text, page_of
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry
from app.service_requests.queries import by_id
from app.service_requests.status import Status
from app.service_requests.timeline import told

from ..factories import TOWN, actor, changed, staff, submitted

NOON = datetime(2026, 10, 1, 10, tzinfo=UTC)


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, now=NOON)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


def page(report, **values):
    found = by_id(report.id)
    return page_of(found, **{"personal": False, "now": NOON + timedelta(hours=1)} | values)


def words(shown):
    return [(step.word, step.state) for step in shown.timeline]


def test_a_new_report_has_its_way_ahead(report):
    assert words(page(report)) == [
        ("Mottatt", "done"),
        ("Sendt til ansvarlig", "now"),
        ("Under arbeid", "next"),
        ("Utført", "next"),
    ]


def test_the_last_step_says_when_it_is_expected(report):
    shown = page(report)
    assert shown.timeline[-1].text.startswith("ventes innen ")
    assert shown.expected_text.startswith("Ventes rettet innen ")


def test_a_fixed_report_has_nothing_ahead(report, desk):
    changed(report, Status.IN_PROGRESS, desk, now=NOON + timedelta(hours=2))
    changed(report, Status.FIXED, desk, led_to_improvement=True, now=NOON + timedelta(days=1))
    shown = page(report)
    assert {state for _, state in words(shown)} == {"done"}
    assert shown.led_to_improvement
    assert words(shown)[-1][0] == "Utført"


def test_an_open_report_has_no_answer_about_improvement(report):
    assert page(report).led_to_improvement is None


def test_a_report_past_its_deadline_is_overdue_by_local_days(report):
    late = page(report, now=report.due_at + timedelta(seconds=2))
    assert late.is_overdue
    assert late.days_over == 1
    assert "innen" in late.expected_text


def test_a_closed_report_is_never_overdue(report, desk):
    changed(report, Status.NO_ACTION, desk, message="Ikke en feil", now=NOON)
    assert not page(report, now=NOON + timedelta(days=400)).is_overdue


def test_a_step_that_is_reached_again_stands_where_it_was_last_reached(report, desk):
    changed(report, Status.IN_PROGRESS, desk, now=NOON + timedelta(hours=1))
    changed(report, Status.PLANNED, desk, now=NOON + timedelta(hours=2))
    changed(report, Status.IN_PROGRESS, desk, now=NOON + timedelta(hours=3))
    reached = [word for word, state in words(page(report)) if state != "next"]
    assert reached == ["Mottatt", "Sendt til ansvarlig", "Planlagt", "Under arbeid"]


def test_times_are_told_by_the_municipalitys_clock(report):
    assert page(report).requested_at.utcoffset() == timedelta(hours=2)


def test_a_message_is_shown_with_the_department_that_wrote_it(report, desk):
    changed(report, Status.IN_PROGRESS, desk, message="Vi kommer i morgen.")
    (message,) = page(report).messages
    assert (message.text, message.department_name) == ("Vi kommer i morgen.", "Servicetorget")


def test_an_internal_reason_is_not_shown_even_to_the_reporter(report, desk):
    changed(report, Status.ASSESSING, desk, message="Internt", visibility="internal")
    shown = page(report, personal=True)
    assert shown.messages == []
    assert "Internt" not in repr(shown)


def test_coordinates_are_written_with_latitude_first_and_decimal_commas(app):
    assert coordinates_text(TOWN) == "63,11040°\u00a0N, 7,72790°\u00a0Ø"


KINDS = [
    (EntryKind.MESSAGE, None, "la til noe"),
    (EntryKind.NUDGED, None, "spurte når"),
    (EntryKind.STATUS, Status.ASSESSING, "ikke er rettet"),
    (EntryKind.STATUS, Status.NO_ACTION, "trakk meldingen"),
    (EntryKind.RATED, None, "hvordan det gikk"),
    (EntryKind.MESSAGES, None, "slått av"),
    (EntryKind.ERASED, None, "slettet etter ønske"),
]


@pytest.mark.parametrize(("kind", "status", "words_"), KINDS)
def test_every_kind_of_thing_that_the_reporter_does_is_told_in_words(report, kind, status, words_):
    entry = HistoryEntry(kind=kind, status=status, actor="reporter", data={}, occurred_at=NOON)
    assert words_ in told(entry)
    for language in ("nn", "en"):
        with force_locale(language):
            assert told(entry)
            assert words_ not in told(entry) or language == "nn"


@pytest.mark.parametrize(
    ("days", "words_"),
    [
        (1, "9 virkedager igjen av fristen på 10."),
        (13, "1 virkedag igjen av fristen på 10."),
        (14, "Fristen er i dag."),
        (15, "1 dag over fristen."),
    ],
)
def test_the_time_that_is_left_is_counted_in_working_days(report, days, words_):
    assert page(report, now=NOON + timedelta(days=days)).left_text == words_
