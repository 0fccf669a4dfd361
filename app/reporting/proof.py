"""What keeps machines from filling the form, and costs a person nothing. Pure, and nothing is stored.

The second step carries a signed note of when it was first shown, bound to the form's key: one note is worth
one report. Whoever sends faster than a person can read is asked to press once more.
"""

from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer

SALT = "report-form"


def issue(secret: str, key: str) -> str:
    """A note that the form with this key is shown now."""
    return URLSafeTimedSerializer(secret, salt=SALT).dumps(key)


def age_seconds(secret: str, proof: str, key: str) -> float | None:
    """How long ago the note was made; None when it is not ours, or for another form."""
    serializer = URLSafeTimedSerializer(secret, salt=SALT)
    try:
        named, made = serializer.loads(proof, return_timestamp=True)
    except BadSignature:
        return None
    return (datetime.now(UTC) - made).total_seconds() if named == key else None
