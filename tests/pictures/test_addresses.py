"""Addresses of NOS's pictures, of all eras."""

import pytest

from newsarchive.pictures.addresses import read_address

CROPPED = "https://images.cdn.nos.nl/a/B/c/4/e/f/0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("url", "picture", "crop", "width"),
    [
        pytest.param(
            "http://content.nos.nl/data/image/l/2013/02/02/469381.jpg",
            "2013/02/02/469381",
            "",
            4,
            id="2013: a folder names the size",
        ),
        pytest.param(
            "https://nos.nl/data/image/2019/04/12/543080/1008x567.jpg",
            "2019/04/12/543080",
            "16:9",
            1008,
            id="2019: on the site's own host",
        ),
        pytest.param(
            "https://nos.nl/data/image/2019/04/12/543080/xxl.jpg",
            "2019/04/12/543080",
            "",
            6,
            id="2019: a size by name",
        ),
        pytest.param(
            "https://assets.nos.nl/data/image/2020/03/01/620001/864x486.jpg",
            "2020/03/01/620001",
            "16:9",
            864,
            id="2020",
        ),
        pytest.param(
            "https://cdn.nos.nl/image/2021/11/01/804211/3840x2160a.jpg",
            "2021/11/01/804211",
            "16:9a",
            3840,
            id="2021: another cut of the same ratio",
        ),
        pytest.param(
            "https://cdn.nos.nl/image/2021/11/01/804211/320x320.jpg",
            "2021/11/01/804211",
            "1:1",
            320,
            id="2021: a square",
        ),
        pytest.param(
            f"{CROPPED}/12x40x3000x1687-1024x576.webp",
            "/a/B/c/4/e/f/0123456789abcdef0123456789abcdef01234567",
            "12x40x3000x1687",
            1024,
            id="2026: the name is what was cut out",
        ),
        pytest.param(
            "https://kaart.example/beeld.png?w=3#top",
            "https://kaart.example/beeld.png?w=3",
            "",
            0,
            id="another host's tells nothing",
        ),
        pytest.param(
            "https://nos.nl/data/image/2019/04/12/543080/0x0.jpg",
            "2019/04/12/543080",
            "",
            0,
            id="a size of nothing is none",
        ),
    ],
)
def test_an_address_tells_picture_crop_and_width(url, picture, crop, width):
    told = read_address(url)
    assert told is not None
    assert (told.picture, told.crop, told.width) == (picture.lstrip("/"), crop, width)
    assert told.url == url


def test_sizes_of_one_crop_are_one_and_other_crops_are_the_same_picture():
    small, large, other = (
        read_address(f"https://cdn.nos.nl/image/2021/11/01/804211/{name}.jpg")
        for name in ("128x72", "2048x1152", "96x72")
    )
    assert (small.picture, small.crop) == (large.picture, large.crop)
    assert other.picture == small.picture
    assert other.crop != small.crop


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data:image/png;base64,AAAA",
        "/beeld.jpg",
        "https://[::1",
        "https://x:port/a",
        "ftp://x/a",
    ],
)
def test_what_cannot_be_fetched_is_no_address(url):
    assert read_address(url) is None
