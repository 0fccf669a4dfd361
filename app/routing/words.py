"""The words in which owners of lamps and the columns of their lists are written. Pure."""

from app.routing.models import Owner

OWNERS = {
    Owner.MUNICIPALITY: (
        "kommune",
        "kommunen",
        "kommunal",
        "kommunalt",
        "municipality",
        "municipal",
    ),
    Owner.COUNTY: ("fylke", "fylkeskommune", "fylkeskommunen", "fylkeskommunal", "county"),
    Owner.STATE: ("stat", "staten", "statlig", "statens vegvesen", "state"),
    Owner.PRIVATE: ("privat", "private"),
    Owner.GRID_COMPANY: ("nettselskap", "nettselskapet", "grid_company", "grid company"),
    Owner.UNKNOWN: ("ukjent", "unknown"),
}
NUMBER = ("number", "nummer", "nr", "stolpenummer", "stolpenr", "mastenummer", "mastenr")
OWNER = ("owner", "eier")
OPERATOR = ("operator", "drifter", "driver", "driftsansvarlig")
CIRCUIT = ("circuit", "krets", "kretsnummer", "tennkrets")

_BY_WORD = {word: owner for owner, words in OWNERS.items() for word in words}


def owner_of(written: str | None) -> Owner:
    """Who owns it; nothing written means unknown. :raises ValueError: a word that is not known."""
    if written is None:
        return Owner.UNKNOWN
    found = _BY_WORD.get(" ".join(written.casefold().split()))
    if found is None:
        accepted = ", ".join(words[0] for words in OWNERS.values())
        raise ValueError(f"the owner is «{written[:40]}»; write one of {accepted}, or nothing")
    return found
