"""The jobs of mailboxes."""
