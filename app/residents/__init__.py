"""Residents who come back: «Mine meldinger» by a link sent by e-mail or by a provider, and their sessions.

Follows OpenID Connect through `openid`, Front-Channel Logout 1.0 and RP-Initiated Logout 1.0. Must not know how
reports are made or worked on; whoever needs to know who is signed in asks `security.resident`.
"""
