"""What is personal: looks at contact data, blacking out, retention, erasure, a person's own data, the archive.

Owns: the log of looks and the retention's reports. Must not know: the desk's pages.
"""
