"""What the files of an import of posts come to: a function of their bytes and captures alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from urllib.request import url2pathname

from newsarchive.cleaning.markup import render
from newsarchive.cleaning.mojibake import repair_text
from newsarchive.exceptions import ParseError
from newsarchive.items import Document, Quarantined
from newsarchive.model import Capture, Observation, Origin, Stage
from newsarchive.pairing import (
    ImportedFile,
    PostFile,
    Stray,
    TextFile,
    decode_file,
    sort_group,
)
from newsarchive.reconciliation import Agreement, heal, reconcile


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file of an import that is in the WARC."""

    path: str
    payload: bytes
    capture: Capture
    is_new: bool


class PostReader:
    """Reads the files of one import; `count` counts what it met."""

    def __init__(self, source_name: str, count: Callable[[str], None]) -> None:
        self.loose: list[tuple[TextFile, Capture]] = []
        """Texts whose post is not beside them, to be compared when all posts are stored."""
        self._source_name = source_name
        self._count = count

    def read(self, groups: Sequence[Sequence[str]], recorded: Mapping[str, Recorded]) -> Document:
        """Return one chunk of files as a document; texts without a post here go to `loose`."""
        observations: list[Observation] = []
        quarantined: list[Quarantined] = []
        for group in groups:
            files = []
            for path in group:
                try:
                    files.append(self._decode(recorded[path]))
                except ParseError as error:
                    quarantined.append(_refuse(str(error), None, recorded[path].capture))
            said = self._sort(files, recorded)
            observations += said[0]
            quarantined += said[1]
        captures = [one.capture for one in recorded.values() if one.is_new]
        return Document(self._source_name, observations, quarantined, captures)

    def compare(self, file: TextFile, capture: Capture, held: Sequence[str]) -> Document:
        """Compare a text that names its article by an id with the texts `held` of it."""
        text = repair_text(file.text)[0]
        agreements = {reconcile(of_post, text) for of_post in held}
        if agreements - {Agreement.CONTRADICTED, Agreement.POST_DAMAGED}:
            self._count("texts_same")
            return Document(self._source_name)
        reason = (
            f"says something else than article {file.external_id}"
            if held
            else f"a text without a post: {file.external_id} is not in this archive"
        )
        return Document(self._source_name, quarantined=[_refuse(reason, file.text, capture)])

    def _decode(self, file: Recorded) -> ImportedFile:
        decoded = decode_file(file.payload)
        if decoded.encoding != "utf-8":
            self._count("files_in_cp1252")
        return ImportedFile(file.path, decoded.text)

    def _sort(
        self, files: Sequence[ImportedFile], recorded: Mapping[str, Recorded]
    ) -> tuple[list[Observation], list[Quarantined]]:
        """Say what the files of one group are, and what each comes to."""
        observed: dict[str, Observation] = {}
        quarantined = []
        for file in sort_group(files):
            origin = recorded[file.path]
            if isinstance(file, PostFile):
                observed[file.path] = self._observe(file, origin.capture)
            elif isinstance(file, Stray):
                quarantined.append(_refuse(file.reason, file.text, origin.capture))
            elif file.post_path is None:
                self.loose.append((file, origin.capture))
            elif healed := self._reconcile(observed[file.post_path], file):
                observed[file.post_path] = healed
            else:
                reason = f"says something else than its post {file.post_path}"
                quarantined.append(_refuse(reason, file.text, origin.capture))
        return list(observed.values()), quarantined

    def _observe(self, file: PostFile, capture: Capture) -> Observation:
        post = file.post
        self._count("posts_read")
        return Observation(
            origin=Origin.IMPORT,
            captured_at=post.published_at or capture.captured_at,
            imported_at=capture.captured_at,
            title=post.title,
            html=post.html,
            link=post.link,
            category=post.category,
            published_at=post.published_at,
            image_url=post.image_url,
            metadata=post.metadata,
            capture=capture,
        )

    def _reconcile(self, observation: Observation, file: TextFile) -> Observation | None:
        """Return the post with what its text could mend; None where the two contradict."""
        of_post = render(repair_text(observation.html)[0], "").text
        text = repair_text(file.text)[0]
        agreement = reconcile(of_post, text)
        self._count(f"texts_{agreement.replace(' ', '_')}")
        if agreement is Agreement.CONTRADICTED:
            return None
        if agreement is Agreement.POST_DAMAGED:
            return replace(observation, html=heal(observation.html, of_post, text))
        return observation


def _refuse(reason: str, text: str | None, capture: Capture) -> Quarantined:
    error = f"{path_of(capture)}: {reason}"
    return Quarantined(Stage.PARSE, error, capture.url, text, capture.captured_at, capture)


def path_of(capture: Capture) -> str:
    """Return the path of a file that was recorded under its address (RFC 8089)."""
    return url2pathname(urlsplit(capture.url).path)
