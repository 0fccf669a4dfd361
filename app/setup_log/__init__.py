"""What was changed in a municipality's set-up, by whom and when: each change is a row that stays.

Owns: the log of set-up. Must not know: what is set up.
"""
