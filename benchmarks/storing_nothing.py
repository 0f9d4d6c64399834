"""A capture that writes nothing, for the spider that stores nothing."""

from datetime import UTC, datetime

from newsarchive.model import Capture


class Nothing:
    """Gives each response a capture, as the spider wants one, and keeps no byte of it."""

    def process_response(self, request, response):
        if "captures" in request.meta:
            now = datetime.now(UTC)
            capture = Capture(request.url, now, "sha256:0", "none", 0, 0, response.status)
            request.meta["captures"].append(capture)
        return response
