"""Kartverket's addresses and place names, spoken with in their own protocol, and what may go wrong there."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import cos, hypot, radians
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.geo import kartverket as client

ADRESSER, STEDSNAVN = "/adresser/v1", "/stedsnavn/v1"


def address(street: str, number: int, lat: float, lon: float, **more: Any) -> dict[str, Any]:
    """A row of `adresser`, with the fields that the service sends."""
    letter = more.pop("letter", "")
    text = f"{street} {number}{letter}"
    return {
        "adressenavn": street,
        "adressetekst": text,
        "adressetilleggsnavn": None,
        "adressekode": 10223,
        "nummer": number,
        "bokstav": letter,
        "kommunenummer": "1505",
        "kommunenavn": "KRISTIANSUND",
        "gardsnummer": 8,
        "bruksnummer": 10,
        "festenummer": 0,
        "undernummer": None,
        "bruksenhetsnummer": ["H0101"],
        "objtype": "Vegadresse",
        "poststed": "KRISTIANSUND N",
        "postnummer": "6509",
        "adressetekstutenadressetilleggsnavn": text,
        "stedfestingverifisert": True,
        "representasjonspunkt": {"epsg": "EPSG:4258", "lat": lat, "lon": lon},
        "oppdateringsdato": "2024-06-15T18:02:02",
    } | more


def name(spelling: str, lat: float, lon: float, *, kind: str = "Øy") -> dict[str, Any]:
    """A row of `navn`: one spelling of one place."""
    return {
        "skrivemåte": spelling,
        "skrivemåtestatus": "godkjent og prioritert",
        "navnestatus": "hovednavn",
        "språk": "Norsk",
        "navneobjekttype": kind,
        "stedsnummer": 55_104,
        "stedstatus": "aktiv",
        "representasjonspunkt": {"øst": lon, "nord": lat, "koordsys": 4258},
        "fylker": [{"fylkesnavn": "Møre og Romsdal", "fylkesnummer": "15"}],
        "kommuner": [{"kommunenummer": "1505", "kommunenavn": "Kristiansund"}],
    }


@dataclass
class Kartverket:
    """A service with these addresses and names. `fault` happens to every question while it is set."""

    url: str = ""
    addresses: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, Any]] = field(default_factory=list)
    fault: str | None = None
    """A status («500», «429»), «slow», «drip», «cut», «hang up», or anything else: the body itself."""
    asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _, _ in self.asked]

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        def value(key: str) -> str:
            return query.get(key, [""])[0]

        if path == f"{ADRESSER}/sok":
            rows = [row for row in self.addresses if _fits(row["adressetekst"], value("sok"))]
            rows = [row for row in rows if row["kommunenummer"] == value("kommunenummer")]
            return _page("adresser", rows, query)
        if path == f"{ADRESSER}/punktsok":
            here = float(value("lat")), float(value("lon"))
            near = [_with_metres(row, here) for row in self.addresses]
            rows = [row for row in near if row["meterDistanseTilPunkt"] <= float(value("radius"))]
            rows.sort(key=lambda row: row["meterDistanseTilPunkt"])
            return _page("adresser", rows, query)
        if path == f"{STEDSNAVN}/navn":
            rows = [row for row in self.names if _fits(row["skrivemåte"], value("sok"))]
            return _page("navn", rows, query)
        if path == f"{STEDSNAVN}/punkt":
            here = float(value("nord")), float(value("ost"))
            rows = [
                {key: row[key] for key in ("navneobjekttype", "representasjonspunkt")}
                | {"stedsnavn": [{"skrivemåte": row["skrivemåte"]}]}
                for row in self.names
                if _metres(here, _point(row)) <= float(value("radius"))
            ]
            return _page("navn", rows, query)
        return None


def _point(row: dict[str, Any]) -> tuple[float, float]:
    return row["representasjonspunkt"]["nord"], row["representasjonspunkt"]["øst"]


def _fits(text: str, asked: str) -> bool:
    words = asked.rstrip("*").lower().split()
    return all(word in text.lower() for word in words)


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    north, east = other[0] - one[0], (other[1] - one[1]) * cos(radians(one[0]))
    return hypot(north, east) * 111_320


def _with_metres(row: dict[str, Any], here: tuple[float, float]) -> dict[str, Any]:
    point = row["representasjonspunkt"]
    return row | {"meterDistanseTilPunkt": _metres(here, (point["lat"], point["lon"]))}


def _page(key: str, rows: list[Any], query: dict[str, list[str]]) -> dict[str, Any]:
    size = int(query["treffPerSide"][0])
    metadata = {"totaltAntallTreff": len(rows), "side": 0, "treffPerSide": size}
    return {"metadata": metadata, key: rows[:size]}


@contextmanager
def kartverket(**values: Any) -> Iterator[Kartverket]:
    """The service on a port of its own. A port comes again, but not the pause of who had it before."""
    service = Kartverket(**values)
    client._breakers.clear()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            service.asked.append((parts.path, query, dict(self.headers)))
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked may have gone
                self._answer(service.fault, service.answer(parts.path, query))

        def _answer(self, fault: str | None, content: Any) -> None:
            if fault == "hang up":
                self.close_connection = True
                return
            body = json.dumps(content, ensure_ascii=False).encode()
            known = {None, "slow", "drip", "cut"}
            if fault not in known and not fault.isdigit():
                body = fault.encode()
            status = int(fault) if fault and fault.isdigit() else 200 if content else 404
            if fault == "slow":
                time.sleep(1)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if fault == "429":
                self.send_header("Retry-After", "90")
            self.end_headers()
            if fault == "drip":
                for at in range(len(body)):
                    self.wfile.write(body[at : at + 1])
                    time.sleep(0.05)
            else:
                self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
