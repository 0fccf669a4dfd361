"""The crews' door: the department's open reports on a phone, and the verbs that close them where they are.

Permission is checked here and in the query: a list never holds what its reader may not see.
"""
