"""The catalogue of the open data, so that portals can find it (after DCAT, in few words)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from zhiqiao.core.api import LICENCE, LICENCE_ADDRESS, PROBLEMS, Listed, Paging, Words
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import open_to_all

router = Router(tags=["catalogue"])
ROOT = "/api/v1"
FORMATS = {"json": "application/json", "csv": "text/csv"}


class Distribution(Schema):
    """One form in which a dataset is given."""

    format: str
    media_type: str
    address: str


class Keywords(Schema):
    zh: list[str]
    en: list[str]


class DatasetOut(Schema):
    """One dataset of the open data: what it is, how often it changes, where and how it is given."""

    id: str
    title: Words
    description: Words
    keywords: Keywords
    publisher: str
    licence: str
    licence_address: str
    update_frequency: str = Field(description="as-needed, irregular (at every change) or annual.")
    scope: str = Field(description="What a token needs; without a token nothing is needed.")
    described_by: str
    distributions: list[Distribution]


@cache
def datasets() -> tuple[dict[str, Any], ...]:
    text = (Path(__file__).parent / "datasets.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


def _dataset(one: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "title", "description", "keywords", "update_frequency", "scope")
    return {
        **{name: one[name] for name in kept},
        "publisher": "Zhiqiao",
        "licence": LICENCE,
        "licence_address": LICENCE_ADDRESS,
        "described_by": f"{ROOT}/openapi.json",
        "distributions": [
            {
                "format": name,
                "media_type": media_type,
                "address": f"{ROOT}{one['address']}" + ("" if name == "json" else "?format=csv"),
            }
            for name, media_type in FORMATS.items()
        ],
    }


DATASETS = Listing("datasets", DatasetOut, _dataset)


@router.get(
    "/datasets",
    auth=open_to_all("plan:read"),
    response={200: Listed[DatasetOut], **PROBLEMS},
    summary="Catalogue of the open data",
)
def read_datasets(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give the datasets with description, licence, frequency of change and addresses."""
    return answer_list(request, datasets(), paging, DATASETS)
