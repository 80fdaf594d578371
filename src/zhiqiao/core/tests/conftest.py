from zhiqiao.core.tests.flushing import _guarded_tables_can_be_flushed  # noqa: F401
