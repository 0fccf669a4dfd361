"""People who sign in, and what they are where. Passwords are argon2id hashes; other ways to sign in
come beside them.

Knows departments only by their key. What a person may see is stated by each view (`security.visible_to`).
"""
