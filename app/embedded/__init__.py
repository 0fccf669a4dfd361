"""A private PostgreSQL with PostGIS in a folder, for a service that brings its own database.

The cluster listens on a Unix socket in a folder that only its owner can enter; inside, everybody is
trusted. The server never runs as root, dies with the process that started it, and comes back after
a crash. Knows nothing of the service that uses it.
"""

from app.embedded.cluster import Cluster, database_url, is_answering
from app.embedded.programs import EmbeddedError

__all__ = ["Cluster", "EmbeddedError", "database_url", "is_answering"]
