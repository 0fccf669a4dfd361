"""Pictures: cleaned of everything but the picture, in the sizes that screens need, in a folder or object store.

Knows nothing of reports: which report a photo belongs to is theirs to remember.
"""
