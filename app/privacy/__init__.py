"""What is personal: who has looked at whose contact data, and personal data in running text.

Owns: the log of looks. Must not know: the desk's pages.
"""
