import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from zhiqiao.core import audit, citations
from zhiqiao.core.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db

CHANGES = (
    "UPDATE core_auditentry SET reason = ''",
    "DELETE FROM core_auditentry",
    "TRUNCATE core_auditentry CASCADE",
    "DELETE FROM core_auditseal",
)


def some_entries(count=3):
    citation = citations.cite("通知", document="渝教〔2024〕1号")
    return [
        audit.record(
            actor=None,
            verb="core.citation.changed",
            subject=citation,
            before={"title": f"旧{number}"},
            after={"title": f"新{number}"},
            reason="更正",
        )
        for number in range(count)
    ]


def rewrite(sql, parameters, *, table="core_auditentry"):
    """What an owner of the tables could do: switch the triggers off and write."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def trigger_names():
    models = (AuditEntry, AuditSeal)
    return [trigger.get_pgid(model) for model in models for trigger in model._meta.triggers]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditentry SET reason = 'x'",
        "DELETE FROM core_auditentry",
        "TRUNCATE core_auditentry CASCADE",
        "UPDATE core_auditseal SET entries = 1",
        "DELETE FROM core_auditseal",
        "TRUNCATE core_auditseal",
    ],
)
def test_audit_tables_refuse_every_change(statement):
    some_entries()
    audit.seal_audit()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SET LOCAL pgtrigger.ignore = '{{{','.join(trigger_names())}}}'")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert AuditEntry.objects.count() == 3
    assert AuditSeal.objects.count() == 1


@pytest.mark.parametrize("table", ["core_auditentry", "core_auditseal"])
def test_application_role_may_only_read_and_add(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'zhiqiao_app'")
        if not cursor.fetchone():
            pytest.skip("this server does not let the tests create the role zhiqiao_app")
        cursor.execute(
            "SELECT array_agg(privilege ORDER BY privilege) FROM unnest(ARRAY['SELECT', 'INSERT',"
            " 'UPDATE', 'DELETE', 'TRUNCATE']) privilege"
            " WHERE has_table_privilege('zhiqiao_app', %s, privilege)",
            [table],
        )
        assert cursor.fetchone() == (["INSERT", "SELECT"],)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", CHANGES)
def test_connections_of_the_worker_take_the_role_and_cannot_change_the_trail(statement):
    """The worker's queue and its progress connect with these words, without Django."""
    with transaction.atomic():
        some_entries(1)
    lesser = connection.copy()
    lesser.settings_dict["OPTIONS"]["assume_role"] = "zhiqiao_app"
    words = lesser.get_connection_params()
    words.pop("autocommit", None)

    with psycopg.connect(**words, autocommit=True) as own:
        assert own.execute("SELECT current_user").fetchone() == ("zhiqiao_app",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute(statement)


def test_only_the_application_may_hold_up_the_writers_of_the_trail():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(grantee::regrole::text ORDER BY 1), bool_or(grantee = 0)"
            " FROM pg_proc, aclexplode(proacl) WHERE proname = 'core_wait_for_audit_writers'"
        )
        granted, to_everybody = cursor.fetchone()

    assert not to_everybody
    assert "zhiqiao_app" in granted


def test_record_tells_who_what_and_why():
    entry = some_entries(1)[0]

    kept = AuditEntry.objects.get(pk=entry.pk)
    citation = citations.cite("通知")
    assert (kept.subject_type, kept.subject_id) == ("core.citation", citation.pk)
    assert kept.subject_uid == citation.uid
    assert (kept.before, kept.after, kept.reason) == (
        {"title": "旧0"},
        {"title": "新0"},
        "更正",
    )
    assert kept.subject_label == "通知"


def test_history_is_newest_first():
    entries = some_entries()
    citation = citations.cite("通知")
    assert list(audit.history_of(citation)) == entries[::-1]


def test_verify_accepts_what_was_written():
    some_entries()
    audit.seal_audit()
    some_entries()
    audit.seal_audit()
    some_entries(1)
    assert AuditSeal.objects.count() == 2
    assert audit.verify_seals() == []


def test_seal_without_new_entries_is_none():
    some_entries()
    assert audit.seal_audit().entries == 3
    assert audit.seal_audit() is None


def kinds_of_problems():
    return [(problem.kind, problem.entry) for problem in audit.verify_seals()]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "另一个理由"),
        ("actor_name", "somebody"),
        ("before", '{"title": "x"}'),
        ("at", timezone.now),
        ("verb", "core.citation.added"),
        ("subject_id", -1),
        ("request_id", "another-request"),
    ],
)
def test_changed_row_is_found_by_its_digest(column, value):
    entries = some_entries()
    audit.seal_audit()
    value = value() if callable(value) else value
    update = f"UPDATE core_auditentry SET {column} = %s WHERE id = %s"  # noqa: S608 - our own names
    rewrite(update, [value, entries[1].pk])
    assert kinds_of_problems() == [("entry-changed", entries[1].pk)]


def test_changed_row_with_a_new_digest_is_found_by_the_seal():
    entries = some_entries()
    audit.seal_audit()
    forged = entries[1]
    forged.reason = "另一个理由"
    forged.digest = audit.digest_of(forged)
    rewrite(
        "UPDATE core_auditentry SET reason = %s, digest = %s WHERE id = %s",
        [forged.reason, forged.digest, forged.pk],
    )
    assert kinds_of_problems() == [("range-changed", None)]


def test_removed_row_is_found_by_the_seal():
    entries = some_entries()
    audit.seal_audit()
    rewrite("DELETE FROM core_auditentry WHERE id = %s", [entries[2].pk])
    assert kinds_of_problems() == [("range-changed", None)]


def test_row_slipped_behind_the_seal_is_found():
    entries = some_entries()
    rewrite("DELETE FROM core_auditentry WHERE id = %s", [entries[1].pk])
    audit.seal_audit()
    entries[1].save(force_insert=True)
    assert kinds_of_problems() == [("range-changed", None)]


def test_removed_seal_breaks_the_chain():
    for _ in range(3):
        some_entries(1)
        audit.seal_audit()
    middle = AuditSeal.objects.order_by("id")[1]
    rewrite("DELETE FROM core_auditseal WHERE id = %s", [middle.pk], table="core_auditseal")
    assert "chain-broken" in [problem.kind for problem in audit.verify_seals()]


def test_snapshot_and_digest_survive_the_database():
    values = {"数": 1.5, "深": {"b": [True, None, "x\x00y"], "a": timezone.now().date()}}
    citation = citations.cite("通知")
    audit.record(
        actor=None, verb="core.citation.changed", subject=citation, before=values, after=None
    )
    assert audit.verify_seals() == []


@pytest.mark.django_db(transaction=True)
def test_record_outside_of_a_transaction_is_refused():
    citation = citations.cite("通知")
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(
            actor=None, verb="core.citation.changed", subject=citation, before=None, after=None
        )
    assert AuditEntry.objects.count() == 0
