"""Find the terms of a lexicon in a list of tokens; the longest term that starts at a token wins and consumes it.

A term is one or more words. `stem*` stands for every word that begins with stem, `*stem` for every word that ends with
it (German and Swedish compounds, Hebrew and Arabic prefixes). A term can have several kinds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .normal import cut_term

_MEMO_LIMIT = 20_000
_KINDS = ""  # the key in a trie node under which the kinds of the term that ends there stand


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found at tokens[start:end]."""

    kinds: frozenset[str]
    start: int
    end: int


class _Keys(dict[str, tuple[str, ...]]):
    """Token -> the vocabulary entries it can stand for. Filled as tokens are met, and bounded."""

    def __init__(self, vocabulary: Collection[str]) -> None:
        super().__init__()
        self._exact = frozenset(word for word in vocabulary if "*" not in word)
        self._begins = {word[:-1] for word in vocabulary if word.endswith("*")}
        self._ends = {word[1:] for word in vocabulary if word.startswith("*")}
        self._begin_sizes = sorted({len(word) for word in self._begins}, reverse=True)
        self._end_sizes = sorted({len(word) for word in self._ends}, reverse=True)

    def __missing__(self, token: str) -> tuple[str, ...]:
        found = [token] if token in self._exact else []
        found += [token[:n] + "*" for n in self._begin_sizes if n <= len(token) and token[:n] in self._begins]
        found += ["*" + token[-n:] for n in self._end_sizes if n <= len(token) and token[-n:] in self._ends]
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        self[token] = keys = tuple(found)
        return keys


class Terms:
    """An immutable set of terms by kind, folded already; compiled when it is first used."""

    def __init__(self, by_kind: Mapping[str, Iterable[str]]) -> None:
        self._by_kind = by_kind
        self._parts: dict[frozenset[str], Terms] = {}

    @cached_property
    def _cut(self) -> Mapping[str, Sequence[Sequence[str]]]:
        return {kind: [cut_term(term) for term in terms] for kind, terms in self._by_kind.items()}

    @cached_property
    def _root(self) -> dict[str, Any]:
        """The trie: word -> node; under _KINDS the kinds of the term that ends there."""
        root: dict[str, Any] = {}
        for kind, terms in self._cut.items():
            single = frozenset({kind})
            for term in terms:
                node = root
                for word in term:
                    node = node.setdefault(word, {})
                node[_KINDS] = node[_KINDS] | single if _KINDS in node else single
        root.pop(_KINDS, None)
        return root

    @cached_property
    def _keys(self) -> _Keys:
        return _Keys({word for terms in self._cut.values() for term in terms for word in term})

    @cached_property
    def _beginners(self) -> "_Beginners":
        return _Beginners(self._root.keys())

    def scan(self, words: Sequence[str]) -> list[Hit]:
        """Find all terms from left to right, longest first, none overlapping."""
        hits: list[Hit] = []
        keys, root, position = self._keys, self._root, 0
        for start, word in enumerate(words):
            if not keys[word] or start < position:
                continue
            end, kinds = self._longest(root, words, start)
            if kinds:
                hits.append(Hit(kinds, start, end))
                position = end
        return hits

    def touches(self, words: Sequence[str], kinds: frozenset[str]) -> bool:
        """Tell whether a term of one of these kinds stands anywhere, also inside a longer term."""
        return self._of(kinds).stand_in(words)

    def _of(self, kinds: frozenset[str]) -> "Terms":
        """Return the terms of these kinds alone: most words of a text begin none of them."""
        if kinds not in self._parts:
            part = Terms({kind: self._by_kind[kind] for kind in kinds if kind in self._by_kind})
            part._cut = {kind: terms for kind, terms in self._cut.items() if kind in kinds}
            self._parts[kinds] = part
        return self._parts[kinds]

    def stand_in(self, words: Sequence[str]) -> bool:
        """Tell whether any term stands anywhere."""
        beginning = self._beginners.among(words)
        if not beginning:
            return False
        root = self._root
        return any(self._reaches(root, words, start) for start, word in enumerate(words) if word in beginning)

    def _longest(self, node: dict[str, Any], words: Sequence[str], at: int) -> tuple[int, frozenset[str]]:
        best: tuple[int, frozenset[str]] = (at, node.get(_KINDS, frozenset()))
        if at < len(words):
            for key in self._keys[words[at]]:
                if (following := node.get(key)) is not None:
                    end, kinds = self._longest(following, words, at + 1)
                    if kinds and end >= best[0]:
                        best = (end, kinds | best[1]) if end == best[0] else (end, kinds)
        return best

    def _reaches(self, node: dict[str, Any], words: Sequence[str], at: int) -> bool:
        """Tell whether a term goes on to its end here."""
        if _KINDS in node:
            return True
        if at >= len(words):
            return False
        following = (node.get(key) for key in self._keys[words[at]])
        return any(nxt is not None and self._reaches(nxt, words, at + 1) for nxt in following)


class _Beginners:
    """Which words begin a term. What was asked once is remembered, so that the next text costs two set operations."""

    def __init__(self, vocabulary: Collection[str]) -> None:
        self._keys = _Keys(vocabulary)
        self._yes: set[str] = set()
        self._no: set[str] = set()

    def among(self, words: Iterable[str]) -> set[str]:
        """Return those words that begin a term."""
        met = set(words)
        for word in met - self._no:
            if word not in self._yes:
                (self._yes if self._keys[word] else self._no).add(word)
        found = met & self._yes
        if len(self._no) + len(self._yes) > _MEMO_LIMIT:
            self._no.clear()
            self._yes.clear()
        return found
