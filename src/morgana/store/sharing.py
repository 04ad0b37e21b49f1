"""The token that opens a video's public page.

It is made of the video's id and a random number by HMAC-SHA256 under the server's secret, so that its owner
can be told of it again and again, while the database holds only the random number and a hash of the token:
whoever reads the database alone cannot open a page.
"""

import hashlib
import secrets
from typing import Final

from morgana.store import signing
from morgana.store.tables import VideoRow

TOKEN_LENGTH: Final = 43  # characters: 256 bits in the alphabet of base64url


def share(row: VideoRow) -> None:
    """Give the video a token that it never had, if it has none that can be told."""
    if token_of(row) is None:
        row.share_nonce = secrets.token_hex(16)
        row.share_digest = digest(_token(row.id, row.share_nonce))


def unshare(row: VideoRow) -> None:
    row.share_nonce = row.share_digest = row.share_title = None


def token_of(row: VideoRow) -> str | None:
    """The video's token; None if it is not shared, or was under another secret."""
    if row.share_nonce is None:
        return None
    token = _token(row.id, row.share_nonce)
    return token if digest(token) == row.share_digest else None


def digest(token: str) -> str:
    """What is kept of a token. It has too many bits to be guessed from that, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token(video_id: str, nonce: str) -> str:
    return signing.token(f"share {video_id} {nonce}")
