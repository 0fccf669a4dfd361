"""The words of `melde hints`."""

from app.cli.hints import told
from app.service_requests.duplicates import Tally


def test_the_words_promise_no_more_than_was_counted():
    words = told(Tally(shown=4, followed=1, added_photo=1, another=1))
    assert "2 chose a report that exists (50.0%): 1 pressed «follow», 1 added a photo" in words
    assert "saved" not in words
    assert "%" not in told(Tally(shown=0, followed=0, added_photo=0, another=0))
