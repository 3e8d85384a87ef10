"""Find the terms of a lexicon in a list of tokens; the longest term that starts at a token wins and consumes it.

A term is one or more words. `stem*` stands for every word that begins with stem, `*stem` for every word that ends with
it (German and Swedish compounds, Hebrew and Arabic prefixes). A term can have several kinds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from .normal import cut_term, tokens

_MEMO_LIMIT = 20_000
_NONE: frozenset[str] = frozenset()
_KINDS = ""  # the key in a trie node under which the kinds of the term that ends there stand


class Hit(NamedTuple):
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

    @cached_property
    def _starts(self) -> "_Starts":
        return _Starts(self._root, self._keys)

    def scan(self, words: Sequence[str]) -> list[Hit]:
        """Find all terms from left to right, longest first, none overlapping."""
        hits: list[Hit] = []
        starts, position, count = self._starts, 0, len(words)
        for start, word in enumerate(words):
            state = starts[word]
            if state is None or start < position:
                continue
            end, kinds, at = start, _NONE, start + 1
            while state is not None:
                if state.kinds:
                    end, kinds = at, state.kinds
                if at == count or not state.nodes:
                    break
                state = state.after(words[at])
                at += 1
            if kinds:
                hits.append(Hit(kinds, start, end))
                position = end
        return hits

    def find(self, text: str) -> tuple[Hit, ...]:
        """Find all terms of a text; several rules in a row ask for the same."""
        return _found(self, text)

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

    def _reaches(self, node: dict[str, Any], words: Sequence[str], at: int) -> bool:
        """Tell whether a term goes on to its end here."""
        if _KINDS in node:
            return True
        if at >= len(words):
            return False
        following = (node.get(key) for key in self._keys[words[at]])
        return any(nxt is not None and self._reaches(nxt, words, at + 1) for nxt in following)


@lru_cache(maxsize=64)
def _found(terms: Terms, text: str) -> tuple[Hit, ...]:
    return tuple(terms.scan(tokens(text)))


class _State:
    """Where a scan stands: every place in the trie that the words so far lead to, and the kinds of terms that end there."""

    __slots__ = ("_following", "_keys", "kinds", "nodes")

    def __init__(self, nodes: Sequence[dict[str, Any]], keys: _Keys) -> None:
        self.kinds: frozenset[str] = _NONE.union(*(node[_KINDS] for node in nodes if _KINDS in node))
        self.nodes = [node for node in nodes if len(node) > (_KINDS in node)]  # those that go on
        self._keys = keys
        self._following: dict[str, _State] = {}

    def after(self, word: str) -> "_State | None":
        """Return the state that one more word leads to, None if no term goes on with it."""
        known = self._following.get(word)
        if known is not None:
            return known
        keys = self._keys[word]
        found = [node[key] for node in self.nodes for key in keys if key in node] if keys else []
        if not found:
            return None
        if len(self._following) >= _MEMO_LIMIT:
            self._following.clear()  # a star stands for any number of words
        state = self._following[word] = _State(found, self._keys)
        return state


class _Starts(dict[str, "_State | None"]):
    """Word -> the state after it as the first of a term, None if no term begins so. Filled as words are met, and bounded."""

    def __init__(self, root: dict[str, Any], keys: _Keys) -> None:
        super().__init__()
        self._first = _State([root], keys)

    def __missing__(self, word: str) -> "_State | None":
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        state = self[word] = self._first.after(word)
        return state


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
