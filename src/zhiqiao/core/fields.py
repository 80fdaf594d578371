"""Model fields of the platform's own value types."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import InputError
from zhiqiao.core.values import Credits, PartialDate, SchoolYear, check_region_code

# The types are generic for the checker only.
if TYPE_CHECKING:
    _CharField = models.CharField[Any, Any]
    _SmallIntegerField = models.SmallIntegerField[Any, Any]
    _IntegerField = models.IntegerField[Any, Any]
    _DecimalField = models.DecimalField[Any, Any]
    _TextField = models.TextField[Any, Any]
else:
    _CharField = models.CharField
    _SmallIntegerField = models.SmallIntegerField
    _IntegerField = models.IntegerField
    _DecimalField = models.DecimalField
    _TextField = models.TextField


class Provenance(models.TextChoices):
    PUBLIC_SOURCE = "public-source", _("public source")
    REPORTED = "reported", _("reported")
    DEMONSTRATION = "demonstration", _("demonstration data")


class ProvenanceField(_CharField):
    """Where a record comes from; no default, and the column itself refuses another word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", _("provenance"))
        kwargs["max_length"] = 16
        kwargs["choices"] = Provenance.choices
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("max_length", "choices", "verbose_name"):
            kwargs.pop(derived, None)
        return name, path, args, kwargs

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        allowed = ", ".join(f"'{value}'" for value in Provenance.values)
        return f"{connection.ops.quote_name(self.column)} IN ({allowed})"


def _read(read: Callable[[str], Any], value: Any) -> Any:
    try:
        return read(value)
    except InputError as error:
        raise ValidationError(error.message, code=error.code) from error


class PartialDateField(_CharField):
    """A year, a month or a day, kept as ISO text; "" when not known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, *_: object) -> PartialDate | None:
        return PartialDate.parse(value) if value else None

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or isinstance(value, PartialDate):
            return value
        return _read(PartialDate.parse, str(value)) if value else None

    def get_prep_value(self, value: Any) -> str:
        return str(self.to_python(value) or "")

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))


class SchoolYearField(_SmallIntegerField):
    """Stored as the year in which it begins."""

    def from_db_value(self, value: int | None, *_: object) -> SchoolYear | None:
        return None if value is None else SchoolYear(value)

    def to_python(self, value: Any) -> SchoolYear | None:
        if value is None or isinstance(value, SchoolYear):
            return value
        return SchoolYear(value) if isinstance(value, int) else _read(SchoolYear.parse, str(value))

    def get_prep_value(self, value: Any) -> int | None:
        year = self.to_python(value)
        return None if year is None else year.start


class CreditsField(_IntegerField):
    """Stored in hundredths of a credit."""

    def from_db_value(self, value: int | None, *_: object) -> Credits | None:
        return None if value is None else Credits(value)

    def to_python(self, value: Any) -> Credits | None:
        if value is None or isinstance(value, Credits):
            return value
        credit: Credits = _read(Credits.parse, str(value))
        return credit

    def get_prep_value(self, value: Any) -> int | None:
        credit = self.to_python(value)
        return None if credit is None else credit.hundredths


class RegionCodeField(_CharField):
    """Six digits of the national division code; null where it is not yet known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 6
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value:
            _read(check_region_code, value)


class MoneyField(_DecimalField):
    """Two decimals and never a float; the field's name says the unit (``amount_cny``)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 18
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("max_digits", "decimal_places"):
            kwargs.pop(derived, None)
        return name, path, args, kwargs


class OrderedJSONField(_TextField):
    """A value of JSON types that comes back in the order in which it was written.

    PostgreSQL's own type sorts the keys anew, so what people are to read in order is kept as text.
    """

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def from_db_value(self, value: Any, *_more: Any) -> Any:
        return None if value is None else json.loads(value)
