"""Who answers for what: people and deputies for services and departments, and when they are away.

Owns: duties and absences. Must not know: the desk's pages.
"""
