from datetime import UTC, date, datetime

import pytest

from app.i18n import day, force_locale, in_languages, local, localised, moment, number, percent

NBSP = "\u00a0"


def spaced(text):
    return text.replace(NBSP, " ")


@pytest.fixture(params=["nb", "nn", "en"])
def language(app, request):
    with force_locale(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("language", "written"),
    [("nb", "3. mars 2018"), ("nn", "3. mars 2018"), ("en", "3 March 2018")],
)
def test_a_day_is_written_as_people_write_it(app, language, written):
    with force_locale(language):
        assert spaced(day(date(2018, 3, 3))) == written


def test_the_year_is_left_out_when_it_is_this_one(app):
    today = local(datetime.now(UTC)).date()
    with force_locale("nb"):
        assert str(today.year) not in day(today)
        assert str(today.year) in day(today, year=True)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("nb", "3. mars 2018 kl. 08.12"),
        ("nn", "3. mars 2018 kl. 08.12"),
        ("en", "3 March 2018 at 08:12"),
    ],
)
def test_a_moment_is_told_by_the_local_clock(app, language, written):
    with force_locale(language):
        assert spaced(moment(datetime(2018, 3, 3, 7, 12, tzinfo=UTC))) == written


def test_a_day_is_that_of_the_local_clock(app):
    with force_locale("nb"):
        assert spaced(day(datetime(2018, 6, 30, 22, 30, tzinfo=UTC))) == "1. juli 2018"


def test_dates_numbers_and_shares_never_break_across_lines(language):
    texts = [day(date(2018, 3, 3)), number(66012), percent(0.822)]
    assert [text for text in texts if " " in text] == []


@pytest.mark.parametrize(
    ("value", "decimals", "nb", "en"),
    [
        (66012, 0, "66 012", "66 012"),
        (1234567, 0, "1 234 567", "1 234 567"),
        (0, 0, "0", "0"),
        (82.24, 1, "82,2", "82.2"),
        (1234.5, 1, "1 234,5", "1 234.5"),
        (63.1104, 5, "63,11040", "63.11040"),
    ],
)
def test_numbers_are_grouped_by_spaces(app, value, decimals, nb, en):
    for language, written in (("nb", nb), ("nn", nb), ("en", en)):
        with force_locale(language):
            assert spaced(number(value, decimals=decimals)) == written


def test_a_share_is_written_in_percent(app):
    with force_locale("nb"):
        assert spaced(percent(264 / 321)) == "82,2 %"


def test_a_text_is_shown_in_the_language_in_use_or_the_first_there_is(app):
    with force_locale("nn"):
        assert localised({"nb": "Vei", "nn": "Veg"}) == "Veg"
        assert localised({"nb": "Vei"}) == "Vei"
        assert localised({}) == localised(None) == ""


def test_a_sentence_can_be_said_in_every_language_at_once(app):
    said = in_languages(
        ["nb", "nn", "en"], lambda: localised({"nb": "Vei", "nn": "Veg", "en": "Road"})
    )
    assert said == {"nb": "Vei", "nn": "Veg", "en": "Road"}
