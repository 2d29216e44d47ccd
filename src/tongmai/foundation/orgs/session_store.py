"""Sessions: rows of the database behind each process's own memory, and a way to look at the row again."""

from django.contrib.sessions.backends import cached_db


class SessionStore(cached_db.SessionStore):
    """Django's cached sessions.  The memory is each process's own, so what another process wrote is read by `reload`."""

    cache_key_prefix = cached_db.KEY_PREFIX

    def reload(self) -> None:
        """Forget what this process remembers: the next look reads the database."""
        if self.session_key:
            self._cache.delete(self.cache_key)
        self.__dict__.pop("_session_cache", None)
