"""The one list of codes that say why an input cannot be used, and the exception that carries them."""

import errno
from enum import StrEnum
from typing import Final


class ErrorCode(StrEnum):
    """Why a job failed. The values are part of the HTTP API and are documented in docs/errors.md."""

    IMAGE_UNDECODABLE = "image_undecodable"
    IMAGE_TOO_LARGE = "image_too_large"
    IMAGE_TOO_SMALL = "image_too_small"
    NO_FACE_DETECTED = "no_face_detected"
    MULTIPLE_FACES = "multiple_faces"
    FACE_TOO_SMALL = "face_too_small"
    FACE_TURNED_AWAY = "face_turned_away"
    AUDIO_UNDECODABLE = "audio_undecodable"
    AUDIO_SILENT = "audio_silent"
    AUDIO_TOO_SHORT = "audio_too_short"
    AUDIO_TOO_LONG = "audio_too_long"
    VIDEO_UNDECODABLE = "video_undecodable"
    VIDEO_INCOMPLETE = "video_incomplete"
    VIDEO_WITHOUT_PICTURES = "video_without_pictures"
    VIDEO_TOO_LARGE = "video_too_large"
    VIDEO_TOO_SMALL = "video_too_small"
    VIDEO_TOO_LONG = "video_too_long"
    VIDEO_ASPECT = "video_aspect"
    VIDEO_FRAME_RATE_TOO_HIGH = "video_frame_rate_too_high"
    TEXT_UNPRONOUNCEABLE = "text_unpronounceable"
    MARK_INVALID = "mark_invalid"
    TEXT_TOO_LONG = "text_too_long"
    VOICE_NOT_FOUND = "voice_not_found"
    TEXT_EMPTY = "text_empty"
    TEXT_UNWRITABLE = "text_unwritable"
    FONT_NOT_FOUND = "font_not_found"
    COLOR_INVALID = "color_invalid"
    OVERLAY_INVALID = "overlay_invalid"
    OVERLAY_NEVER_SHOWN = "overlay_never_shown"
    TRANSCRIPT_INVALID = "transcript_invalid"
    LANGUAGE_UNKNOWN = "language_unknown"
    NO_SPEECH_DETECTED = "no_speech_detected"
    MODEL_MISSING = "model_missing"
    DEVICE_MISSING = "device_missing"
    INTERNAL_ERROR = "internal_error"


class InputError(Exception):
    """An input that cannot be used.

    `message` is written for the person who sent the input: what is wrong, then what to do about it.
    It never quotes the content of the file.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}


def is_no_room(error: BaseException) -> bool:
    """Whether the disk is full, which is the server's trouble and passes, and not that of any input."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM
