from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from zhiqiao.apps.registry.models import Region
from zhiqiao.apps.registry.rules import can_write_registry
from zhiqiao.core import audit, revisions
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.search import searchable_fields
from zhiqiao.core.values import check_region_code


def path_of(region: Region) -> str:
    """Return the codes from the top down; a unit without a code shows a mark of its own."""
    above = region.parent.path if region.parent else "/"
    return f"{above}{region.code or f'~{region.uid.hex[:8]}'}/"


@transaction.atomic
def state_region_code(region: Region, *, code: str, actor: Actor, reason: str) -> Region:
    """Fill in the national code of a unit that was registered before the code was known."""
    require(can_write_registry(actor))
    region = (
        Region.objects.select_for_update(of=("self",)).select_related("parent").get(pk=region.pk)
    )
    if region.code:
        raise RuleError("registry.region_code_known", name=region.name, number=region.code)
    _refuse_taken(check_region_code(code))
    before = audit.snapshot(region, ["code", "path"])
    old_path = region.path
    region.code = code
    region.path = path_of(region)
    words = searchable_fields(name=region.name, codes=[code])
    region.name_key, region.search_text = words["name_key"], words["search_text"]
    region.save(update_fields=["code", "path", "name_key", "search_text"])
    below = Region.objects.filter(path__startswith=old_path).exclude(pk=region.pk)
    rest = Substr(F("path"), len(old_path) + 1)
    below.update(path=Concat(Value(region.path), rest))
    audit.record(
        actor=actor,
        verb="registry.region.code_stated",
        subject=region,
        before=before,
        after=audit.snapshot(region, ["code", "path"]),
        reason=reason,
    )
    revisions.bump("plan")
    return region


def _refuse_taken(code: str) -> None:
    holder = Region.objects.filter(code=code, valid_to=None).first()
    if holder is not None:
        raise RuleError("registry.region_code_taken", number=code, name=holder.name)
