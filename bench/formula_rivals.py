"""The rivals of the formula benchmark; runs in an environment of its own and answers on a pipe.

usage: python formula_rivals.py DIRECTORY   (columns written by formula.py)
Each line read is a command; each answer is one line of JSON.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from formula_case import FACTS, PARAMETERS, SCHOOLS, TYPES, YEARS, python, specs
from openfisca_core import (
    entities,
    parameters,
    periods,
    simulations,
    taxbenefitsystems,
    variables,
)
from openfisca_core.indexed_enums import Enum
from simpleeval import SimpleEval

Kind = Enum("Kind", {name: name for name in TYPES})
SCHOOL = entities.Entity("school", "schools", "", "")
DISTRICT = entities.GroupEntity(
    "district", "districts", "", "", roles=[{"key": "member", "plural": "members"}]
)


def _variable(name, value_type, formula=None, **more):
    body = {
        "value_type": value_type, "entity": SCHOOL, "definition_period": periods.DateUnit.YEAR,
        "label": name, **more,
    }  # fmt: skip
    if formula is not None:
        body["formula"] = formula
    return type(name, (variables.Variable,), body)


def _operand(name):
    if name in PARAMETERS:
        return lambda school, period, law: law(period)[name][school("kind", period)]
    return lambda school, period, _law: school(name, period)


def _on_members(spec):
    name = spec.names[0]

    def rank(school, period):
        return school.get_rank(school.district, -school(name, period)) + 1

    def total(school, period):
        district = school.district
        sums = district.sum(school(name, period).astype(float))
        if spec.form == "sum":
            return sums
        return sums / district.nb_persons() * (100 if spec.form == "share" else 1)

    return rank if spec.form == "rank" else total


def _formula(spec):
    if spec.form in ("share", "sum", "avg", "rank"):
        return _on_members(spec)
    get = [_operand(name) for name in spec.names]
    shapes = {
        "ratio": lambda a, b: a / b,
        "percent": lambda a, b: 100 * (a / b),
        "at_least": lambda a, b: a >= b,
        "at_most": lambda a, b: a <= b,
        "all_of_4": lambda a, b, c, d: a & b & c & d,
        "any_of_3": lambda a, b, c: a | (b & ~c),
        "mix": lambda a, b, c, d: 0.4 * a / b + 0.6 * c / d,
    }
    if spec.form in shapes:
        compute = shapes[spec.form]
        return lambda school, period, parameters: compute(
            *(each(school, period, parameters) for each in get)
        )
    return _SPECIAL[spec.form](spec.names)


def _each(names):
    return lambda school, period: (
        school(names[0], period)
        / (
            school("students", period)
            + school("new_students", period)
            + school("graduates", period)
        )
    )


def _growth(names):
    def formula(school, period):
        before = school(names[0], period.last_year)
        return 100 * ((school(names[0], period) - before) / before)

    return formula


def _gap(names):
    def formula(school, period, parameters):
        each = parameters(period)[names[1]][school("kind", period)]
        return np.maximum(each * school("students", period) - school(names[0], period), 0)

    return formula


def _funding(_names):
    def formula(school, period, parameters):
        law, kind, students = parameters(period), school("kind", period), school("students", period)
        size = np.where(students >= 3000, 0.95, np.where(students >= 1200, 1.0, 1.05))
        return law.base_rate[kind] * law.coefficient[kind] * students * size

    return formula


def _floor(names):
    def formula(school, period):
        return np.maximum(school(names[0], period), 0.97 * school(names[0], period.last_year))

    return formula


_SPECIAL = {"each": _each, "growth": _growth, "gap": _gap, "funding": _funding, "floor": _floor}


def _law():
    tree = {}
    for name, (_, early, late) in PARAMETERS.items():
        tree[name] = {
            kind: {"values": {"2010-01-01": {"value": old}, "2022-01-01": {"value": new}}}
            for kind, old, new in zip(TYPES, early, late, strict=True)
        }
    return parameters.ParameterNode("", data=tree)


class Rivals:
    def __init__(self, directory):
        self.columns = {
            path.stem: np.fromfile(path, dtype="f8").reshape(SCHOOLS, len(YEARS)).T.copy()
            for path in Path(directory).glob("*.bin")
        }
        self.system = taxbenefitsystems.TaxBenefitSystem([SCHOOL, DISTRICT])
        self.system.parameters = _law()
        self.system.add_variable(
            _variable("kind", Enum, possible_values=Kind, default_value=Kind.general)
        )
        for name in FACTS:
            self.system.add_variable(_variable(name, float))
        for spec in specs():
            value_type = {"truth": bool, "integer": int, "number": float}[spec.kind]
            self.system.add_variable(_variable(spec.name, value_type, _formula(spec)))
        self.last = None

    def simulation(self):
        made = self.system.instantiate_entities()
        made["school"].count = SCHOOLS
        made["school"].ids = [str(n) for n in range(SCHOOLS)]
        made["district"].ids = [str(n) for n in range(int(self.columns["district"].max()) + 1)]
        made["district"].count = len(made["district"].ids)
        made["district"].members_entity_id = self.columns["district"][0].astype(int)
        made["district"].members_role = np.repeat(DISTRICT.flattened_roles[0], SCHOOLS)
        simulation = simulations.Simulation(self.system, made)
        kinds = Kind.encode(np.array([TYPES[int(k)] for k in self.columns["kind"][0]]))
        for place, year in enumerate(YEARS):
            simulation.set_input("kind", str(year), kinds)
            for name in FACTS:
                simulation.set_input(name, str(year), self.columns[name][place].astype("f4"))
        return simulation

    def openfisca(self):
        simulation = self.simulation()
        looked_up = set(PARAMETERS) | {"gap", "funding"}
        names = [spec.name for spec in specs()]
        uses_law = {
            spec.name for spec in specs() if looked_up.intersection((*spec.names, spec.form))
        }
        plain = 0.0
        with np.errstate(all="ignore"):
            start = time.perf_counter()
            for year in YEARS:
                for name in names:
                    before = time.perf_counter()
                    simulation.calculate(name, str(year))
                    if name not in uses_law:
                        plain += time.perf_counter() - before
            seconds = time.perf_counter() - start
        self.last = simulation
        return {"seconds": seconds, "plain": plain, "formulas": len(names) - len(uses_law)}

    def value(self, name, school, year):
        return {"value": float(self.last.calculate(name, str(year))[int(school)])}

    def simpleeval(self):
        """Evaluate every formula on 40 rows; names of groups and look-backs are given ready."""
        texts = [python(spec) for spec in specs()]
        wanted = [spec for spec in specs() if "prev_" in python(spec)]
        rows = [self.row(school) for school in range(40)]
        for row in rows:
            row |= {f"prev_{spec.names[0]}": 2.0 for spec in wanted}
        seconds, done = 0.0, 0
        for row in rows:
            evaluator = SimpleEval(names=row, functions={"max": max, "min": min})
            start = time.perf_counter()
            for text in texts:
                try:
                    evaluator.eval(text)
                except ZeroDivisionError:
                    continue
            seconds += time.perf_counter() - start
            done += len(texts)
        return {"seconds": seconds, "evaluations": done}

    def row(self, school):
        year = len(YEARS) - 1
        row = {name: float(column[year][school]) for name, column in self.columns.items()}
        kind = int(row["kind"])
        row |= {name: late[kind] for name, (_, _, late) in PARAMETERS.items()}
        row |= {spec.name: 1.0 for spec in specs()}
        return (
            row
            | {
                f"{form}_{spec.name}": 1.0
                for spec in specs()
                for form in ("share", "sum", "avg", "rank")
            }
            | {f"{form}_{name}": 1.0 for name in FACTS for form in ("share", "sum", "avg", "rank")}
        )


def main():
    rivals = Rivals(sys.argv[1])
    for line in sys.stdin:
        command, *arguments = line.split()
        print(json.dumps(getattr(rivals, command)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
