"""What fails although nothing is wrong with what was asked for: a store that is away, a disk that is full."""

import errno
from typing import Final

from obstore.exceptions import BaseError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

# BaseError: S3 does not answer, or does not believe our clock or keys, or a folder cannot be written to. A
# blob that is not there is a FileNotFoundError.
_AWAY: Final = (OperationalError, InterfaceError, NoConnectionError, BaseError)
_OF_DISKS: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE}


def is_hindrance(error: BaseException) -> bool:
    """Whether the database, the blobs or the disk cannot be used now, so that trying again later helps."""
    return isinstance(error, _AWAY) or (isinstance(error, OSError) and error.errno in _OF_DISKS)
