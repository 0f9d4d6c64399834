from datetime import UTC, datetime

from scrapy import Request
from scrapy.http import Response

from newsarchive.spiders.responses import answer_of

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_a_field_with_what_no_database_holds_is_read_with_a_space_in_its_place():
    request = Request("https://nos.nl/l/2280103", meta={"captures": [], "received_at": NOON})
    response = Response(request.url, headers={"ETag": b'"a\0b"'}, request=request)
    assert answer_of(response).headers == {"etag": '"a b"'}
