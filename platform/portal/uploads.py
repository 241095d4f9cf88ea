"""How large a file may be that somebody sends: it is refused before it is read."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 20_000_000  # a county's cases are some megabytes, a month's cloud costs below ten


class Bounded(FileUploadHandler):
    """Stands first among the handlers and takes no file itself."""

    def handle_raw_input(  # type: ignore[override] # the arguments are Django's, and not looked at
        self, input_data: Any, meta: Any, content_length: int, *args: Any, **more: Any
    ) -> None:
        """Refuse what says that it is larger than any file of ours.

        :raises RequestDataTooBig: then
        """
        if content_length > MOST_BYTES:
            raise RequestDataTooBig(content_length)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
