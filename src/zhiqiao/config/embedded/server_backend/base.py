"""The backend of a server that DATABASE_URL names."""

from zhiqiao.config.embedded.pooled import PooledWrapper


class DatabaseWrapper(PooledWrapper):
    _connection_pools = {}
