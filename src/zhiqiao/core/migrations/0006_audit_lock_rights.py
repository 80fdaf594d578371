from django.db import migrations

# A function is everybody's until it is taken away: who may only read could hold up every writer.
RESTRICT = """
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION core_wait_for_audit_writers() FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhiqiao_app') THEN
        GRANT EXECUTE ON FUNCTION core_wait_for_audit_writers() TO zhiqiao_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_outbox")]

    operations = [
        migrations.RunSQL(
            RESTRICT, "GRANT EXECUTE ON FUNCTION core_wait_for_audit_writers() TO PUBLIC"
        ),
    ]
