"""Unpack an answer that a server has compressed, piece by piece, so that a small one cannot become a huge one in memory."""

import zlib
from collections.abc import Iterable, Iterator

ENCODINGS = ("gzip", "deflate")
_GZIP = b"\x1f\x8b"
_MOST = 65536  # bytes that one step may bring
_EITHER = 47  # zlib: recognise gzip and zlib by their heads
_RAW = -15  # zlib: no head; what some servers call deflate


class Packed(ValueError):
    """The packing is broken, or one that was not asked for."""


def unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the content of an answer in small pieces. `encoding`: its Content-Encoding."""
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if not names:
        yield from pieces
        return
    if len(names) > 1 or names[0].removeprefix("x-") not in ENCODINGS:
        raise Packed(encoding[:60])
    try:
        yield from _inflated(pieces, deflate=names[0].endswith("deflate"))
    except zlib.error as error:
        raise Packed(str(error)) from error


def _inflated(pieces: Iterable[bytes], *, deflate: bool) -> Iterator[bytes]:
    packing = None
    for piece in pieces:
        if packing is None:
            packing = zlib.decompressobj(_RAW if deflate and piece[:1] and piece[0] & 15 != 8 else _EITHER)
        rest = piece
        while rest:
            yield packing.decompress(rest, _MOST)
            rest = packing.unconsumed_tail
            if packing.eof:
                if not packing.unused_data.startswith(_GZIP):  # what pads the end is none of ours
                    return
                rest, packing = packing.unused_data, zlib.decompressobj(_EITHER)  # several may follow each other
    if packing is not None and not packing.eof:
        raise Packed("cut short")
