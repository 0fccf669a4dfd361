"""The desk: the inbox and one report's page, where case handlers and the first line work all day.

Owns: saved searches, who has a report open now. Must not know: crews' pages, the counter, set-up.
"""
