"""A phone of the crew's, as the service sees it: what it asks for and sends."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient


class Phone:
    """A device with its id, and the person who is signed in on it."""

    def __init__(self, browser: FlaskClient, session_id: str, device: str | None = None) -> None:
        self.browser = browser
        self.device = device or str(uuid4())
        self.headers = {"Melde-Device": self.device}
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = session_id
        self.session = self.get("session").json
        self.account = self.session["account"]

    def get(self, path: str, **headers: str) -> Any:
        return self.browser.get(f"/api/v1/crew/{path}", headers=self.headers | headers)

    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs by their numbers."""
        return {job["number"]: job for job in self.get("jobs").json["jobs"]}

    def photo(self, content: bytes, photo_id: str | None = None, mime: str = "image/png") -> Any:
        return self.browser.put(
            f"/api/v1/crew/photos/{photo_id or uuid4()}",
            data=content,
            headers=self.headers | {"Content-Type": mime},
        )

    def post(self, actions: list[dict[str, Any]], **body: Any) -> Any:
        told = {"account": self.account, "device": self.device, "actions": actions} | body
        content = json.dumps(told)  # ASCII, as what cannot be written in UTF-8 comes from a phone
        return self.browser.post(
            "/api/v1/crew/sync",
            data=content,
            headers=self.headers | {"Content-Type": "application/json"},
        )

    def send(self, *actions: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.post(list(actions))
        assert answer.status_code == 200, answer.text
        return answer.json["results"]

    def do(self, kind: str, job: dict[str, Any] | str | None, **data: Any) -> dict[str, Any]:
        """The result of one action that is sent at once."""
        return self.send(action(kind, job, **data))[0]


def action(kind: str, job: dict[str, Any] | str | None, **data: Any) -> dict[str, Any]:
    """An action on a job as it was seen, or on a number."""
    is_job = isinstance(job, dict)
    return {
        "id": str(uuid4()),
        "kind": kind,
        "job": job["number"] if is_job else job,
        "report": None,
        "seen": {"version": job["version"], "status": job["status"]} if is_job else None,
        "at": datetime.now(UTC).isoformat(),
        "data": data,
    }
