"""The answers to a spec's own questions, kept as JSON beside the batch."""

import json
from collections.abc import Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.http import QueryDict

from zhiqiao.core import files
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import InputError
from zhiqiao.core.imports.problems import OPTIONS_WRONG


def stored_options(form: forms.Form, *, actor: Actor) -> dict[str, object]:
    """Keep attached files and put a reference in their place; everything else as JSON.

    Days become ISO text, records their key, files the identifier of the stored file.
    """
    if not form.is_valid():
        raise InputError(OPTIONS_WRONG, faults=faults_of(form))
    plain = {name: _plain(value, actor) for name, value in form.cleaned_data.items()}
    stored: dict[str, object] = json.loads(json.dumps(plain, cls=DjangoJSONEncoder))
    return stored


def _plain(value: object, actor: Actor) -> object:
    if isinstance(value, UploadedFile):
        return files.store(value.name or "file", value.chunks(), actor=actor).uid
    if isinstance(value, QuerySet):
        return [item.pk for item in value]
    return value.pk if isinstance(value, Model) else value


def bound_form(form: type[forms.Form], options: Mapping[str, object]) -> forms.Form:
    """Give a program's options to the form that people fill in."""
    data = QueryDict(mutable=True)
    for name, value in options.items():
        values = value if isinstance(value, list) else [value]
        data.setlist(name, [_typed(item) for item in values])
    return form(data)


def _typed(value: object) -> str:
    """Write a value as a person would type it; a box that is not ticked sends nothing."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)


def faults_of(form: forms.Form) -> str:
    faults = [f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
    return "; ".join(faults)
