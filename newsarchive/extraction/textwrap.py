"""Articles as NOS's server wrote them from 2015 to 2018, known by `.article_textwrap`.

Follows the page of article 2201497 as served on 2017-11-06: `h1.article__title`; in
`header.article_head` the times (`time[datetime]`), categories (`a.link-grey`) and
`figure.article_head_image` with `.caption_source`; the body in `section.article_body`, whose
blocks stand in and between `.article_textwrap`; "Bekijk ook" in `.block_links`; the number in
`body#article-<number>` and `data-item-id`. There is no ld+json and no canonical URL, and one time
only; a second one, which one public program of 2015 reads, is when the article was changed.
Blocks of images, videos and posts are as in liveblogs of the time (`block_image`, `block_video`,
`ext-twitter`); those in articles, and quotes, are inferred.
"""

import re

from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.elements import find_first, narrow, read_body, with_class
from newsarchive.extraction.liveblogs import extract_liveblog, is_liveblog
from newsarchive.extraction.serverpages import assemble, categories_in

# `text_3v_J6Y0G`: a word, and eight signs of base64.
_HASHED_CLASS = re.compile(rb'class="[a-zA-Z]+_(?=[\w-]{0,7}[A-Z0-9])[\w-]{8}[ "]')
_WRAP = f"*[{with_class('article_textwrap')}]"


class Textwrap:
    """Articles and liveblogs of 2015-2018."""

    form = Form.TEXTWRAP
    period = "2015-2018"

    def recognises(self, page: SavedPage) -> bool:
        """Return whether `page` has the wrapper of the text, or updates and no hashed classes."""
        if b'"article_textwrap' in page.body:
            return True
        return is_liveblog(page) and not _HASHED_CLASS.search(page.body)

    def extract(self, page: SavedPage) -> Extracted:
        """Return what the page says; see the module and `Extractor`."""
        if is_liveblog(page):
            return extract_liveblog(page, self.form)
        # A page that a browser saved has the articles that followed on it, too.
        article = narrow(page.tree, f"//article[.//{_WRAP}]", f"//*[.//{_WRAP}]")
        header = narrow(article, f".//header[{with_class('article_head')}]", ".//header")
        return assemble(
            page,
            self.form,
            title=find_first(article, f".//h1[{with_class('article__title')}]", ".//h1"),
            published=find_first(header, "(.//time[@datetime])[1]"),
            modified=find_first(header, "(.//time[@datetime])[2]"),
            body=read_body(
                article.xpath(f".//section[{with_class('article_body')}]")
                or article.xpath(f".//{_WRAP}")
            ),
            image=find_first(article, f".//figure[{with_class('article_head_image')}]"),
            metadata={
                "categories": categories_in(header.xpath(f".//a[{with_class('link-grey')}]"))
            },
        )
