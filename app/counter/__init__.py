"""Phone and counter: registering for someone, and letters by e-mail that become reports or comments.

Owns: letters that came in. Must not know: the desk's pages.
"""
