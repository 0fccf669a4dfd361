"""Who can answer for what: the people of each department and service, their deputies, and who is away.

Owns: duties and absences. Must not know: the desk's pages.
"""
