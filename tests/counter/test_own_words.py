"""What someone wrote themselves, whatever their mail program puts around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.counter.incoming import read
from app.counter.own_words import of_forwarded, of_html, without_quotes, without_signature

from .conftest import letter

QUOTED = [
    "Den man. 23. nov. 2026 kl. 08:00 skrev Kommunen <a@example.org>:\n> Hei",
    "On Mon, Nov 23, 2026 at 8:00 AM Kommunen <a@example.org> wrote:\n> Hei",
    "On Mon, Nov 23, 2026 at 8:00 AM Kommunen\n<a@example.org> wrote:\n> Hei",
    "-----Opprinnelig melding-----\nFra: Kommunen\nSendt: mandag",
    "-----Original Message-----\nFrom: Kommunen\nSent: Monday",
    "________________________________\nFra: Kommunen <a@example.org>\nSendt: mandag\nTil: deg",
    "Fra: Kommunen <a@example.org>\nDato: mandag 23. november\nTil: deg\nEmne: Hei",
    "**From:** Kommunen <a@example.org>\n**Sent:** Monday\n**To:** you",
    "> Hei\n> på deg",
]


@pytest.mark.parametrize("quote", QUOTED)
def test_what_is_answered_to_is_cut_off(quote):
    assert without_quotes(f"Det er verre nå.\n\nFra hjørnet til brua.\n\n{quote}\n") == (
        "Det er verre nå.\n\nFra hjørnet til brua."
    )


def test_words_that_only_look_like_a_quote_stay():
    text = (
        "På fredag så jeg det.\nFra: brua til hjørnet er det hull.\nDen store steinen ligger der."
    )
    assert without_quotes(text) == text


def test_the_signature_is_cut_off_and_other_dashes_stay():
    assert without_signature("Hull - stort\n-- \nEn Som Melder\nTlf") == "Hull - stort"
    assert without_signature("Hull\n---\nstort") == "Hull\n---\nstort"


def test_html_is_read_as_people_see_it():
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Hull &amp; rot</p><div>ved"
        " brua<br>i dag</div><div class='gmail_quote'>Den man. skrev<blockquote>Hei</blockquote>"
        "</div></body></html>"
    )
    assert of_html(html, keeps_quotes=False) == "Hull & rot\n\nved brua\ni dag"
    assert "Hei" in of_html(html, keeps_quotes=True)
    assert "color" not in of_html(html, keeps_quotes=True)


@given(st.text(max_size=400))
def test_no_text_is_too_odd(text):
    without_quotes(text)
    without_signature(text)
    of_html(text, keeps_quotes=False)


@given(st.binary(max_size=600))
def test_no_letter_is_too_odd(content):
    try:
        found = read(content, ours=())
    except ValueError:
        return
    assert found.refusal is not None or found.sender
    assert "\x00" not in found.subject + found.words


@given(st.text(st.characters(codec="latin-1"), max_size=200), st.sampled_from(["From", "Subject"]))
def test_no_header_is_too_odd(value, name):
    content = f"From: a@example.org\r\n{name}: {value}\r\n\r\nhei\r\n".encode("latin-1")
    try:
        found = read(content, ours=())
    except ValueError:
        return
    assert len(found.key) == 32


PASSED_ON = [
    "---------- Forwarded message ---------\nFrom: En Annen <b@example.org>\nDate: man. 23. nov. 2026"
    "\nSubject: hull\nTo: Kommunen <a@example.org>\n\n",
    "________________________________\nFra: En Annen <b@example.org>\nSendt: mandag\nTil: Kommunen"
    "\nEmne: hull\n\n",
    "-----Videresendt melding-----\n> Fra: En Annen <b@example.org>\n> Sendt: mandag\n> Til: oss\n>\n> ",
]


@pytest.mark.parametrize("head", PASSED_ON)
def test_what_was_passed_on_is_kept_without_who_had_sent_it(head):
    told = of_forwarded(f"Kan dere se på dette?\n\n{head}Det er et hull.\nFra: brua til hjørnet.")
    assert told == "Kan dere se på dette?\n\nDet er et hull.\nFra: brua til hjørnet."


@pytest.mark.parametrize("mark", ["Fwd:", "VS:", "Fw:", "vs :"])
def test_a_letter_that_was_passed_on_is_no_answer(mark):
    made = letter(
        f"{PASSED_ON[0]}Det er et dypt hull i veien.", subject=f"{mark} Hull", References="<a@b>"
    )
    found = read(made.as_bytes(), ours=set())
    assert (found.is_answer, found.subject) == (False, "Hull")
    assert found.words == "Det er et dypt hull i veien."
