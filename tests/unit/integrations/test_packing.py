import gzip
import zlib

import pytest

from afterview.integrations.packing import Packed, unpacked

TEXT = b"BEGIN:VCALENDAR\r\n" * 100
PACKED = gzip.compress(TEXT, mtime=0)  # without the time, which would be part of the tests' names


def cut(whole: bytes, size: int) -> list[bytes]:
    return [whole[at : at + size] for at in range(0, len(whole), size)]


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (PACKED, "gzip"),
        (PACKED + gzip.compress(b"more", mtime=0), "x-gzip"),
        (PACKED + b"\0" * 9, "GZIP"),
        (zlib.compress(TEXT), "deflate"),
        (zlib.compress(TEXT)[2:-4], "deflate"),
        (TEXT, ""),
        (TEXT, "identity"),
    ],
)
def test_what_was_packed_comes_out_whole(packed: bytes, encoding: str) -> None:
    assert b"".join(unpacked(cut(packed, 7), encoding)).removesuffix(b"more") == TEXT


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [(b"abcd", "gzip"), (PACKED[:20], "gzip"), (TEXT, "br"), (PACKED, "gzip, gzip")],
)
def test_what_is_broken_or_was_not_asked_for_is_refused(packed: bytes, encoding: str) -> None:
    with pytest.raises(Packed):
        list(unpacked([packed], encoding))


def test_a_bomb_comes_out_in_small_pieces() -> None:
    bomb = gzip.compress(b"\0" * 2**22)
    assert max(map(len, unpacked([bomb], "gzip"))) <= 65536
