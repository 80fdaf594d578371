"""The façade of the engine: a compiled program and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula.compiling import Checked, Day, check_program
from zhiqiao.engines.formula.direction import Direction, find_direction
from zhiqiao.engines.formula.errors import FactsError, ProgramError
from zhiqiao.engines.formula.explain import Entity, Explainer, Origins
from zhiqiao.engines.formula.frames import check_facts
from zhiqiao.engines.formula.rerun import rerun
from zhiqiao.engines.formula.solve import solve
from zhiqiao.engines.formula.sql import Relation, Statement, write_statement
from zhiqiao.engines.formula.tree import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from zhiqiao.engines.formula.problem import Fact, Formula, Parameter, Scope
    from zhiqiao.engines.trace import Step

YEAR_END: Day = (12, 31)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a formula rests on, directly or through other formulas, in order of declaration."""

    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    formulas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A set of formulas that was parsed, typed and ordered; made by `compile_program`.

    Parameters
    ----------
    checked : Checked
        Declarations and typed trees.
    """

    checked: Checked

    @property
    def formulas(self) -> Mapping[str, Formula]:
        """Formulas by name."""
        return self.checked.formulas

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Columns beside the facts that a run needs: those of scopes and parameters."""
        return self.checked.dimensions()

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that a run needs: those that any formula uses."""
        return self.checked.used("fact")

    def run(
        self,
        facts: pl.DataFrame,
        *,
        years: Collection[int] | None = None,
        states: bool = False,
    ) -> pl.DataFrame:
        """Compute every formula for every entity and year.

        Parameters
        ----------
        facts : polars.DataFrame
            ``n`` rows, one per entity and year: ``entity`` (text or integer), ``year``
            (integer), the columns of `dimensions` (text), one column per fact in its unit (a
            decimal as polars ``Decimal`` or integer), and optionally ``<fact>__state`` (a
            `State`, as its number or its name). An empty cell is missing, never zero.
        years : collection of int, optional
            Years to give; look-backs still see the others.
        states : bool
            Whether to add ``<formula>__state`` (UInt8, a `State`), and for a share its
            ``__numerator``, ``__denominator`` and ``__coverage``.

        Returns
        -------
        polars.DataFrame
            ``entity``, ``year`` and one column per formula (Int64, ``Decimal(38, scale)``,
            Float64 or Boolean), sorted by entity and year.

        Raises
        ------
        FactsError
            When the facts do not fit.

        Notes
        -----
        O(n × nodes) time, one column per formula of memory, all cores.
        """
        result = solve(self.checked, check_facts(self.checked, facts), with_states=states)
        return result if years is None else result.filter(pl.col("year").is_in(list(years)))

    def statement(
        self,
        relation: Relation,
        *,
        formulas: Collection[str] | None = None,
        entity: Entity | None = None,
        years: Collection[int] | None = None,
        whys: bool = False,
    ) -> Statement:
        """Write the program as one SQL statement over facts that stay in a database.

        Parameters
        ----------
        relation : Relation
            Where the facts are.
        formulas : collection of str, optional
            Which to give; all when left out.
        entity : str or int, optional
            Whose figures; everybody's when left out. Only records that these can rest on are
            read: its own and those of the groups that the formulas look at.
        years : collection of int, optional
            Years to give; look-backs still see the others.
        whys : bool
            Whether to add ``<formula>__why``, why there is no value, as an explanation says it.

        Returns
        -------
        Statement
            Its ``table`` reads the rows as ``run(…, states=True)`` would give them. O(nodes).

        Raises
        ------
        FactsError
            When there is no such formula.
        ProgramError
            When the formulas need more columns at once than a statement may have.
        """
        return write_statement(
            self.checked, relation, formulas=formulas, entity=entity, years=years, whys=whys
        )

    def rerun(
        self,
        previous: pl.DataFrame,
        facts: pl.DataFrame,
        *,
        entities: Collection[Entity],
        before: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """Compute again what a change of a few entities can have moved.

        Parameters
        ----------
        previous : polars.DataFrame
            What `run` (all years) or `rerun` gave before the change, with or without states.
        facts : polars.DataFrame
            All facts after the change.
        entities : collection
            Everything that changed: facts, dimensions, rows that came or went.
        before : polars.DataFrame, optional
            All facts before the change. With it, groups that no changed entity left or joined
            are not touched; without it, every formula over a group is computed again.

        Returns
        -------
        polars.DataFrame
            Equal to ``run`` on the new facts.

        Raises
        ------
        FactsError
            When the facts do not fit, or `previous` is not a result of this program for the
            other entities.

        Notes
        -----
        O(changed rows × nodes) for formulas about the entity itself; for those over groups,
        times the members of the touched groups.
        """
        return rerun(self.checked, previous, facts, entities=entities, before=before)

    def explainer(self, facts: pl.DataFrame, *, origins: Origins | None = None) -> Explainer:
        """Prepare to explain many figures of one table.

        Parameters
        ----------
        facts : polars.DataFrame
            As for `run`.
        origins : callable, optional
            ``(fact, entity, year)`` to the records that the fact was read from.

        Returns
        -------
        Explainer
            Its ``explain(entity=…, year=…, formula=…)`` gives a `Step`.
        """
        return Explainer(self.checked, check_facts(self.checked, facts), origins)

    def explain(
        self,
        facts: pl.DataFrame,
        *,
        entity: Entity,
        year: int,
        formula: str,
        origins: Origins | None = None,
    ) -> Step:
        """Explain one figure; for several use `explainer`.

        Parameters
        ----------
        facts : polars.DataFrame
            As for `run`.
        entity, year, formula
            Which figure.
        origins : callable, optional
            As for `explainer`.

        Returns
        -------
        Step
            A tree down to records, with the same value and state as `run` gives.

        Raises
        ------
        FactsError
            When the facts do not fit or there is no such figure.
        """
        explainer = self.explainer(facts, origins=origins)
        return explainer.explain(entity=entity, year=year, formula=formula)

    def direction(self, formula: str, fact: str) -> Direction:
        """Tell how a formula moves when a fact rises, for any entities.

        Parameters
        ----------
        formula, fact : str
            Names.

        Returns
        -------
        Direction
            ``rising``, ``falling``, ``constant`` or ``unknown``; it holds where the figure has
            a value before and after.

        Raises
        ------
        ProgramError
            When a name is not declared.
        """
        self._require_formula(formula)
        if fact not in self.checked.facts:
            raise ProgramError("", 0, "unknown-name", given=fact, near="")
        return find_direction(self.checked.trees, formula, fact)

    def inputs(self, formula: str) -> Inputs:
        """Tell what a formula rests on, directly or through other formulas.

        Parameters
        ----------
        formula : str
            Its name.

        Returns
        -------
        Inputs
            Facts, parameters and other formulas. O(nodes).

        Raises
        ------
        FactsError
            When there is no such formula.
        """
        self._require_formula(formula)
        found: dict[str, set[str]] = {"fact": set(), "parameter": set(), "formula": set()}
        waiting = [formula]
        while waiting:
            for node in walk(self.checked.trees[waiting.pop()]):
                if node.op in found and node.name not in found[node.op]:
                    found[node.op].add(node.name)
                    if node.op == "formula":
                        waiting.append(node.name)
        return Inputs(
            tuple(name for name in self.checked.facts if name in found["fact"]),
            tuple(name for name in self.checked.parameters if name in found["parameter"]),
            tuple(name for name in self.checked.formulas if name in found["formula"]),
        )

    def _require_formula(self, formula: str) -> None:
        if formula not in self.checked.formulas:
            known = ", ".join(self.checked.formulas)
            raise FactsError("", 0, "no-such-formula", given=formula, known=known)


def compile_program(
    formulas: Iterable[Formula],
    *,
    facts: Iterable[Fact] = (),
    parameters: Iterable[Parameter] = (),
    scopes: Iterable[Scope] = (),
    day: Day = YEAR_END,
) -> Program:
    """Check a set of formulas and make it ready to run.

    Parameters
    ----------
    formulas : iterable of Formula
        In any order; they may refer to each other, not in a circle.
    facts : iterable of Fact
        Columns of the facts table.
    parameters : iterable of Parameter
        Dated values.
    scopes : iterable of Scope
        Groupings.
    day : (int, int)
        Month and day of a row's year on which a parameter must be in force.

    Returns
    -------
    Program
        Ready to run.

    Raises
    ------
    FormulaError
        The first fault, with formula, position, reason and remedy. O(total length).

    Examples
    --------
    >>> from zhiqiao.engines.formula import Fact, Formula, Kind
    >>> program = compile_program(
    ...     [Formula("pupils_per_teacher", "pupils / teachers", "person/post", Kind.DECIMAL, 1)],
    ...     facts=[Fact("pupils", Kind.INTEGER, "person"), Fact("teachers", Kind.INTEGER, "post")],
    ... )
    >>> table = pl.DataFrame(
    ...     {"entity": ["a", "b"], "year": [2025, 2025], "pupils": [50, 7], "teachers": [3, None]}
    ... )
    >>> program.run(table)["pupils_per_teacher"].to_list()
    [Decimal('16.7'), None]
    """
    return Program(
        check_program(
            tuple(formulas),
            facts=tuple(facts),
            parameters=tuple(parameters),
            scopes=tuple(scopes),
            day=day,
        )
    )
