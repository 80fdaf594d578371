"""Writes the description of the open API, which a test compares with what the code says."""

import json
import os
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "openapi.json"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.config.settings")
    import django  # noqa: PLC0415  # the settings are named first

    django.setup()
    from zhiqiao.config.api import api  # noqa: PLC0415  # needs loaded apps

    text = json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1)
    TARGET.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
