"""Rows as small as a test needs them; nothing is random."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import Membership, User
from zhiqiao.apps.projects.actions.keeping import key_of, search_words
from zhiqiao.apps.projects.models import Recognition, RecognitionPartner
from zhiqiao.apps.registry.models import Organisation, OrganisationName, Region
from zhiqiao.apps.registry.queries.names import folded
from zhiqiao.core.citations import cite
from zhiqiao.core.search import searchable_fields
from zhiqiao.core.values import PartialDate

DATA = Path(__file__).parents[5] / "data"
INSTANT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CHONGQING = "500000"


def region(code=CHONGQING, name="重庆市", *, parent=None):
    found = Region.objects.filter(code=code).first()
    if found:
        return found
    level = "province" if code.endswith("0000") else "prefecture"
    path = f"{parent.path}{code}/" if parent else f"/{code}/"
    return Region.objects.create(
        code=code, name=name, level=level, parent=parent, path=path, **searchable_fields(name=name)
    )


def organisation(name, *, former=(), kind="higher-vocational"):
    made = Organisation.objects.create(
        name=name,
        kind=kind,
        ownership="public",
        provenance="public-source",
        **searchable_fields(name=name, other_names=former),
    )
    names = [(name, "official"), *((one, "former") for one in former)]
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=made, name=one, folded=folded(one), kind=how)
        for one, how in names
    )
    return made


def person(login="clerk", role=Role.BUREAU_CLERK):
    made = User.objects.create(login=login, name=login.title(), date_joined=INSTANT)
    if role:
        office = Organisation.objects.filter(name="教委").first() or organisation("教委")
        Membership.objects.create(user=made, organisation=office, role=role, granted_at=INSTANT)
    return made


def recognition(kind="vr-base", name="基地", *, holder="", area=None, partners=(), **facts):
    values = {"level": "national", "provenance": "public-source"} | facts
    if values.get("announced"):
        day = PartialDate.parse(values["announced"])
        values |= {"announced_from": day.earliest, "announced_to": day.latest}
    row = Recognition(
        kind=kind,
        name=name,
        holder_text=holder,
        area=area or region(),
        **search_words(name, holder, partners),
        **values,
    )
    row.natural_key = key_of(row)
    row.save()
    for position, text in enumerate(partners, start=1):
        RecognitionPartner.objects.create(recognition=row, position=position, text=text)
    return row


def citation(title="通知", *, url="", trusted=False):
    return cite(title, url=url, url_trusted=trusted)


def published_rows():
    """Return the rows of the public list that the product comes with."""
    with (DATA / "recognitions.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def published_regions():
    """Make the regions that the public list names."""
    wanted = {row["area"] for row in published_rows()}
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as rows:
        known = list(csv.DictReader(rows))
    sichuan = region("510000", "四川省")
    for row in known:
        if row["name"] in wanted:
            inside = row["code"].startswith("51") and row["code"] != "510000"
            region(row["code"], row["name"], parent=sichuan if inside else None)
