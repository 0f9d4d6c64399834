import pytest

from newsarchive.exporters import export


def test_a_file_is_the_text_and_nothing_else(tmp_path, make_article):
    export([make_article()], "text", tmp_path)
    [file] = tmp_path.iterdir()
    assert file.name == "2019-04-06-2280100-brug-weer-open.txt"
    assert file.read_bytes() == "De brug is weer open.\n\nHet “café” ernaast ook.".encode()


def test_an_article_without_a_body_is_an_empty_file(tmp_path, make_article):
    export([make_article(text="")], "text", tmp_path)
    [file] = tmp_path.iterdir()
    assert file.read_bytes() == b""


@pytest.mark.samples
def test_the_real_text_of_2019_comes_back_byte_for_byte(samples, tmp_path, make_article):
    [seed] = (samples.parent / "seeds").glob("001_*.txt")
    export([make_article(text=seed.read_bytes().decode())], "text", tmp_path)
    [file] = tmp_path.iterdir()
    assert file.read_bytes() == seed.read_bytes()
