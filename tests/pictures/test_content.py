"""Bytes that should be a picture."""

import struct
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.exceptions import ParseError
from newsarchive.pictures.content import MAX_BYTES, file_path, read_form
from newsarchive.replica.pictures import write_claim, write_jpeg, write_webp

GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def box(name, data):
    return struct.pack(">I", len(data) + 8) + name + data


def avif(width=320, height=180, brands=b"avif\0\0\0\0avifmif1"):
    """Return the boxes of an AVIF that tell its size; there is no picture in it."""
    size = box(b"ispe", struct.pack(">III", 0, width, height))
    shared = box(b"ipco", size)
    given_to = box(b"ipma", struct.pack(">IIHBB", 0, 1, 1, 1, 1))
    meta = (
        b"\0\0\0\0"
        + box(b"hdlr", b"\0" * 8 + b"pict" + b"\0" * 13)
        + box(b"pitm", struct.pack(">IH", 0, 1))
        + box(b"iprp", shared + given_to)
    )
    return box(b"ftyp", brands) + box(b"meta", meta)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(write_jpeg("a", 1008, 567), ("image/jpeg", 1008, 567), id="JPEG"),
        pytest.param(write_webp("a", 1024, 576), ("image/webp", 1024, 576), id="WebP"),
        pytest.param(write_claim(640, 480), ("image/png", 640, 480), id="PNG"),
        pytest.param(GIF, ("image/gif", 1, 1), id="GIF"),
        pytest.param(avif(), ("image/avif", 320, 180), id="AVIF"),
        pytest.param(
            avif(brands=b"avif\0\0\0\0mif1"), ("image/avif", 320, 180), id="by its major brand"
        ),
        pytest.param(
            avif(brands=b"mif1\0\0\0\0miafavif"), ("image/avif", 320, 180), id="by another one"
        ),
    ],
)
def test_type_and_size_are_read_from_the_bytes(content, expected):
    form = read_form(content)
    assert (form.content_type, form.width, form.height) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(write_claim(), "claims 60,000 x 60,000 pixels", id="a bomb"),
        pytest.param(b"<!DOCTYPE html><html></html>", "no picture, but HTML", id="HTML"),
        pytest.param(b"\n <html>", "HTML", id="HTML behind white space"),
        pytest.param(b"", "no picture, but nothing", id="nothing"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture", id="SVG acts"),
        pytest.param(b"BM" + bytes(60), "no picture", id="a type that NOS has not"),
        pytest.param(avif(brands=b"heic\0\0\0\0mif1"), "no picture", id="of AVIF's family"),
        pytest.param(write_jpeg("a", 8, 8)[:20], "size cannot be read", id="half a head"),
        pytest.param(write_claim(0, 5), "size cannot be read", id="no pixel at all"),
        pytest.param(b"\xff\xd8\xff" + bytes(MAX_BYTES), "more than 20,971,520", id="too long"),
    ],
)
def test_what_is_no_picture_is_refused(content, message):
    with pytest.raises(ParseError, match=message):
        read_form(content)


@given(st.sampled_from([GIF, avif(), write_webp("a", 9, 9), write_jpeg("a", 9, 9)]), st.data())
def test_damaged_bytes_are_read_or_refused_and_nothing_else(whole, data):
    cut = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, max(len(cut) - 1, 0)), max_size=4)):
        if cut:
            cut[place] = data.draw(st.integers(0, 255))
    try:
        form = read_form(bytes(cut))
    except ParseError:
        return
    assert 0 < form.width * form.height <= 100_000_000


def test_a_file_is_called_by_its_digest():
    path = file_path("sha256:" + "ab" + "c" * 62, "image/jpeg")
    assert path == "media/ab/" + "c" * 62 + ".jpg"
