"""The sound of a film on its way into another MP4: copied where MP4 has a place for it, else made AAC."""

import av
from av.packet import PacketSideData

from morgana.video.film import AnyPacket, FilmSound

_COPIED = frozenset({"aac", "mp3", "mp2", "ac3", "eac3", "alac", "flac", "opus"})
_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
_AAC_RATE = 48_000
_AAC_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1"}
_AAC_BITS = {1: 128_000, 2: 192_000}
_SURROUND_BITS = 80_000  # per channel


def is_copied(sound: FilmSound | None) -> bool:
    """Whether the packets go over as they are."""
    return sound is not None and sound.codec in _COPIED


def add_sound(
    container: av.container.OutputContainer, source: av.AudioStream, sound: FilmSound
) -> av.AudioStream:
    """A stream for `sound`: for its own packets, or an encoder of AAC with as many channels, up to 5.1.

    AAC keeps the sample rate where it has it.
    """
    if is_copied(sound):
        return container.add_stream_from_template(source)
    channels = sound.channels if sound.channels in _AAC_LAYOUTS else 2
    stream = container.add_stream("aac", rate=sound.rate if sound.rate in _AAC_RATES else _AAC_RATE)
    stream.codec_context.layout = _AAC_LAYOUTS[channels]
    stream.codec_context.bit_rate = _AAC_BITS.get(channels, channels * _SURROUND_BITS)
    return stream


def copied(packet: AnyPacket, stream: av.AudioStream) -> AnyPacket:
    """The packet for another stream; the original stays whole, for other outputs want it too."""
    copy: AnyPacket = av.Packet(bytes(packet))
    copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
    copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
    if packet.has_sidedata("skip_samples"):
        copy.set_sidedata(PacketSideData.from_packet(packet, "skip_samples"))
    copy.stream = stream
    return copy
