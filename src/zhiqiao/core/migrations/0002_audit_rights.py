from django.db import migrations

# The role of the running program: everything but changing the audit trail. Roles belong to the
# whole server, so another database may have created it, and a hosted server may forbid it.
CREATE_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhiqiao_app') THEN
        CREATE ROLE zhiqiao_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
END $$;
"""

GRANT_RIGHTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhiqiao_app') THEN
        GRANT USAGE ON SCHEMA public TO zhiqiao_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO zhiqiao_app;
        GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO zhiqiao_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO zhiqiao_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO zhiqiao_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON core_auditentry, core_auditseal FROM zhiqiao_app;
    END IF;
    REVOKE UPDATE, DELETE, TRUNCATE ON core_auditentry, core_auditseal FROM PUBLIC;
END $$;
"""

# Sealing waits for writers in flight with a lock that the right to add rows does not include.
LOCK_FUNCTION = """
CREATE FUNCTION core_wait_for_audit_writers() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    LOCK TABLE core_auditentry IN SHARE ROW EXCLUSIVE MODE;
END $$;
"""

# The role itself stays: it may be in use by another database of the same server.
REVOKE_RIGHTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhiqiao_app') THEN
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM zhiqiao_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM zhiqiao_app;
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM zhiqiao_app;
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM zhiqiao_app;
        REVOKE USAGE ON SCHEMA public FROM zhiqiao_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(LOCK_FUNCTION, "DROP FUNCTION core_wait_for_audit_writers()"),
        migrations.RunSQL(GRANT_RIGHTS, REVOKE_RIGHTS),
    ]
