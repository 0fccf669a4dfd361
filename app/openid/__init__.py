"""Signing in at others' providers: OpenID Connect Core 1.0 with PKCE, one module for residents and staff.

Owns the providers' file, discovery, the authorization request, the ID token's checks and the addresses for
signing out. Keeps nothing: whoever calls it holds the attempt and the session. Must not know reports
or accounts.
"""
