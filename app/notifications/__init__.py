"""Messages to people: e-mail today; what was sent is recorded once.

Listens for jobs by name (`notifications.acknowledge`, `notifications.tell_reporter`). A delivery
happens at least
once; its Message-ID is the same each time, so that a repeated one can be told.
"""
