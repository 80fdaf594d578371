from django.db import migrations

# For row-level security: whose tasks the bodies of the connection take part in. It runs with the
# rights of its owner, because the policy of a table cannot ask the table itself.
TASKS = """
CREATE OR REPLACE FUNCTION plan_tasks_in_reach() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(DISTINCT task_id), '{}') FROM plan_taskpart
    WHERE organisation_id = ANY (
        string_to_array(nullif(current_setting('zhiqiao.bodies', true), ''), ',')::bigint[]
    )
$$;
"""

PARTS = """
CREATE OR REPLACE FUNCTION plan_parts_in_reach() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(id), '{}') FROM plan_taskpart
    WHERE task_id = ANY ((SELECT plan_tasks_in_reach())::bigint[])
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("plan", "0003_report_writers")]

    operations = [
        migrations.RunSQL(TASKS, "DROP FUNCTION plan_tasks_in_reach() CASCADE"),
        migrations.RunSQL(PARTS, "DROP FUNCTION plan_parts_in_reach() CASCADE"),
    ]
