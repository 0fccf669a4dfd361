"""The page that an outside body answers on."""

from flask import Blueprint

blueprint = Blueprint("forwarding", __name__)
