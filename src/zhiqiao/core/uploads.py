"""Uploads that are too large are refused by their announced length, before a byte of them is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from zhiqiao.core.files import LARGEST

# What a form needs beside its file: boundaries and the other fields.
BESIDE = 2 * 1024**2


class RefuseLargeUpload(FileUploadHandler):
    """Stand first among the handlers; what is let through is left to those that follow."""

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django's signature
        META: Any,  # noqa: ARG002, N803 - Django's signature
        content_length: int,
        boundary: Any,  # noqa: ARG002 - Django's signature
        encoding: str | None = None,  # noqa: ARG002 - Django's signature
    ) -> None:
        largest: int = getattr(settings, "ZHIQIAO_LARGEST_FILE", LARGEST)
        if content_length > largest + BESIDE:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing: the next handler holds the file."""
