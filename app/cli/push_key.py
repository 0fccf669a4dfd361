"""`melde push-key`: the key by which push services know this service."""

import click
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def new_key() -> str:
    """A new private key on the curve P-256, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@click.command()
def command() -> None:
    """Make a key for push messages, and print it.

    Keep it in a file and name that in MELDE_PUSH_KEY_FILE. With another key all phones have to ask for
    alerts again.
    """
    click.echo(new_key(), nl=False)
