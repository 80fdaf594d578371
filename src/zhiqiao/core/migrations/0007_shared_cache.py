from django.db import migrations

# The shape that Django's database cache expects.
CREATE = """
CREATE TABLE core_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0006_audit_lock_rights")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE core_cache")]
