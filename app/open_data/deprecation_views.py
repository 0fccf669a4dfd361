"""Tell callers of addresses that will go."""

from collections.abc import Mapping

from flask import Flask, Response, request

from app.open_data.deprecations import DEPRECATED, Deprecation


def start(app: Flask, ending: Mapping[str, Deprecation] = DEPRECATED) -> None:
    """Put the headers on every answer of the endpoints that end, also on refusals."""

    def tell(response: Response) -> Response:
        found = ending.get(request.endpoint or "")
        for name, value in found.headers() if found else ():
            response.headers.add(name, value)
        return response

    app.after_request(tell)
