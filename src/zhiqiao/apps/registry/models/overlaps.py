"""The trigger that refuses two rows of one key whose periods of validity overlap.

A period is half open: ``valid_to`` is the first day on which the row no longer holds, and an empty
end is unbounded. The server has no ``btree_gist``, so an exclusion constraint is not at hand; the
advisory lock makes two simultaneous writers of one key wait for each other.
"""

import pgtrigger

_FUNCTION = """
    IF {condition} THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('{table}:' || NEW.{key}::text, 0));
        IF EXISTS (
            SELECT 1 FROM {table} other
            WHERE other.{key} = NEW.{key} AND other.id <> NEW.id AND {other_condition}
              AND daterange(other.valid_from, other.valid_to)
                  && daterange(NEW.valid_from, NEW.valid_to)
        ) THEN
            RAISE EXCEPTION USING
                ERRCODE = 'exclusion_violation',
                CONSTRAINT = '{name}',
                MESSAGE = '{name}: the periods of two rows overlap';
        END IF;
    END IF;
    RETURN NEW;
"""


def refuse_overlap(
    name: str, *, table: str, key: str, only: str = "{row}.id IS NOT NULL"
) -> object:
    """Return the trigger for `table`; `only` restricts it to some rows, written with ``{row}``."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=_FUNCTION.format(
            name=name,
            table=table,
            key=key,
            condition=f"NEW.{key} IS NOT NULL AND {only.format(row='NEW')}",
            other_condition=only.format(row="other"),
        ),
    )
