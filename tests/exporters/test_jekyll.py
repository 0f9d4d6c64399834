from newsarchive.exporters import export
from newsarchive.posts import format_post


def test_a_file_is_the_post_in_utf8(tmp_path, make_article):
    article = make_article()
    export([article], "jekyll", tmp_path)
    [file] = tmp_path.iterdir()
    assert file.name == "2019-04-06-2280100-brug-weer-open.html"
    assert file.read_bytes() == format_post(article).encode("utf-8")
