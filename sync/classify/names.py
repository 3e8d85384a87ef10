"""Read names of people out of running text, in scripts with capital letters and in those without."""

import re
from collections.abc import Iterator

from .normal import tokens
from .reading import Reading

_UPPER = r"[^\W\d_a-zà-öø-ÿ]"
_TITLES = (
    r"Herrn?|Frau|Hr|Fr|Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Professor|Principal|Madame|Monsieur|Mme|Mlle|M"
    r"|[Ss]ra?|[Ss]ig(?:\.ra)?|Dña|Dra|[Dd]ott(?:\.ssa)?|Ing|Enf|Eng|Arq|Lic|Pan|Pani|Panem|Panią|Dhr|Mevr|Mw"
)
_HONORIFIC = rf"(?:(?:{_TITLES})\b\.?[ \t]+)*"
_PARTICLE = r"(?:de|del|della|den|der|di|do|dos|da|du|el|al|bin|ben|la|le|van|von|vom|zu|ter|ten|af|av)"
_PARTICLES = re.compile(_PARTICLE)
_PART = rf"(?:{_UPPER}\.|{_UPPER}[\w'’-]*)"
NAME = re.compile(rf"{_HONORIFIC}((?:{_PARTICLE}[ \t]+)*{_PART}(?:[ \t]+(?:{_PARTICLE}[ \t]+)*{_PART}){{0,3}})")
SIGNED = re.compile(
    rf"({_PART}(?:[ \t]+{_PART}){{0,2}})\s*(?:[,(|–—-]|\n)\s*"
    r"(?:(?:your|the|from our|Senior|Sr\.?|Lead|Technical|Head of|aus dem|Dział)\s+)?$"
)
_TITLED = re.compile(
    rf"(?<![\w.])(?:(?:{_TITLES})\b\.?[ \t]+)+(?:{_PARTICLE}[ \t]+)*{_PART}(?:[ \t]+(?:{_PARTICLE}[ \t]+)*{_PART}){{0,2}}"
)
_RESPECTED = re.compile(rf"({_PART})[ \t]+(?:sir|ji|madam|mam|ma'am|san)\b")
_KOREAN = re.compile(r"(?<![\uac00-\ud7a3])([\uac00-\ud7a3]{2,4})님")
_PLACED = re.compile(rf"\d[^:\n]{{0,12}}:[ \t]*({_PART}(?:[ \t]+{_PART}){{0,2}})[ \t]*\(")
_ARTICLE = r"(?:our|the|my|unser\w*|der|die|dem|den|notre|il|nuestr\w+|vår|onze|moim?|a|o)"
_LEAD = re.compile(
    rf"[ \t]*(?:[:：][ \t]*)?(?:\n[ \t]*)?(?:[•\-–—*·][ \t]*)?(?:{_ARTICLE}[ \t]+)?(?:{_UPPER}{{2,4}}[ \t]+)?"
)
_ROLE = r"(?:[ \t]*\([^)\n]*\))?(?:,[ \t]*[^,;\n•.]{2,60}?(?=[ \t]*(?:[;\n•]|,[ \t]|\.\s|$)))?"
_AND = r"[ \t]+(?:and|und|et|y|e|i|en|och|og|ja|ve|sowie|a|&|\+|и|та|і)[ \t]+"
_BETWEEN = re.compile(
    rf"{_ROLE}(?:[ \t]*[,;•·/][ \t]*(?:and[ \t]+)?|{_AND}|[ \t]*[;,]?[ \t]*\n[ \t]*[•\-–—*·][ \t]*)"
    r"(?:(?:der|die|den|le|la|el|il)[ \t]+)?"
)
_PLAIN_BETWEEN = re.compile(
    rf"(?:[ \t]*\([^)\n]*\))?(?:[ \t]*[,;•·/][ \t]*(?:and[ \t]+)?|{_AND})(?:(?:der|die|den|le|la|el|il)[ \t]+)?"
)
_CJK = r"\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3々"
_CJK_START = re.compile(rf"\s*(?:[:：]\s*)(?=[{_CJK}])([^\n。]*)")
_CJK_RUN = re.compile(rf"[{_CJK}]+")
_CJK_TITLE = re.compile(r"(?:様|さん|氏|님|先生|老师|老師|女士|小姐)$")
_UNCASED = re.compile(
    r"\s*[:：]?\s*(?:الأستاذة?|السيدة?|الدكتورة?|श्री|श्रीमती|מר|גברת)?\s*"
    r"([\u0590-\u06ff\u0900-\u097f]+(?:\s+[\u0590-\u06ff\u0900-\u097f]+){1,2})"
)
_SLOT = re.compile(
    r"^.{0,4}\d{1,2}[:.h]\d{2}[^\n]*?(?:\s[-–—|]\s+|:\s+|\|\s*|\bwith\s+)([^\d\n|–—:(,]+?)\s*(?:[,(][^\n]*)?$",
    re.MULTILINE,
)
_CLOSING = re.compile(
    r"(?:(?:Grüße|Gruß|Grüßen|regards|Best|Thanks|Cheers|Sincerely|Cordialement|Bien à vous|saluti|Saludos|saludo"
    r"|Abraços?|Abs|groet|groeten|Pozdrawiam|hälsningar|[Hh]ilsen|Terveisin|уважением),?\s+|\s[–—]\s?|\n/)"
    rf"({_PART}(?:[ \t]+{_PART}){{0,2}})\s*(?:$|\n|,|\()"
)
_STOP = frozenset(
    {"strong", "word", "talk", "round", "hiring", "recruiter", "applicant", "exclude", "panelist", "candidate", "vendor"}
)  # fmt: skip
_LIMIT = 12


def clean_name(text: str, reading: Reading, *, listed: bool = False) -> str:
    """Return a name, or "" if it is none: terms, a job title, the owner, an everyday word."""
    name = text.strip(" .,;:-–—•\t") if not text.rstrip().endswith(".") or len(text) > 3 else text.strip()
    match = NAME.fullmatch(name)
    words = tokens(name)
    if (
        not match
        or not words
        or len(words) > 6
        or len(name) > 60
        or not reading.lexicon.names["no_name"].isdisjoint(words)
    ):
        return ""
    if any(part[0].islower() and not _PARTICLES.fullmatch(part) for part in match.group(1).split()):
        return ""  # a script whose small letters the pattern does not know
    bare = tokens(match.group(1))
    for hit in reading.lexicon.evidence.scan(bare):
        if not _STOP.isdisjoint(hit.kinds) and (len(bare) == 1 or hit.kinds != frozenset({"talk"})):
            return ""
        if "job" in hit.kinds and (listed or hit.end == len(bare)) and hit.end - hit.start >= len(bare) - 1:
            return ""
    mine = len(reading.parties.owner_names.intersection(words))
    return "" if mine and mine >= len(tokens(match.group(1))) - 1 else name


def names_at(text: str, at: int, reading: Reading) -> Iterator[str]:
    """Read the list of names that begins at a position, right after a label."""
    rest = text[at : at + 500]
    if cjk := _CJK_START.match(rest):
        yield from _cjk_names(cjk.group(1), reading)
        return
    if plain := _UNCASED.match(rest):
        yield plain.group(1)
        return
    lead = _LEAD.match(rest)
    position = lead.end() if lead else 0
    for number in range(_LIMIT):
        match = NAME.match(rest, position)
        name = clean_name(match.group(), reading, listed=number > 0) if match else ""
        if not match or not name:
            return
        yield name
        position = _next_in_list(rest, match.end(), name, reading)
        if position < 0:
            return


def _next_in_list(text: str, end: int, name: str, reading: Reading) -> int:
    """Find the next name of a list, right after a comma or "and", or after this person's job. -1 at the end."""
    plain = _PLAIN_BETWEEN.match(text, end)
    following = NAME.match(text, plain.end()) if plain else None
    if plain and following and clean_name(following.group(), reading, listed=True):
        cut_short = len(tokens(name)) > 1 == len(tokens(following.group()))  # "Ida Holm, Head of IT"
        if not (cut_short and "," in plain.group()):
            return following.start()
    between = _BETWEEN.match(text, end)
    return between.end() if between else -1


def _cjk_names(text: str, reading: Reading) -> Iterator[str]:
    for part in re.split(r"[、,，/・と]", re.sub(r"[（(][^）)]*[）)]", "、", text)):
        runs = _CJK_RUN.findall(part)
        name = _CJK_TITLE.sub("", runs[-1]) if runs else ""
        if 1 < len(name) <= 5 and not any(own in name for own in reading.parties.owner_names if not own.isascii()):
            yield name


def lines_of_agenda(text: str, reading: Reading) -> Iterator[str]:
    """Names at the end of lines that begin with a time: "13:00 System design – Ida Holm"."""
    for match in _SLOT.finditer(text):
        if name := clean_name(match.group(1), reading):
            yield name


def names_with_title(text: str, reading: Reading) -> Iterator[str]:
    """Names with a form of address, anywhere: "Hr. Holm", "Dr Lang", "Anil sir"; and "Day 1: Ida Holm (Design)"."""
    for match in _TITLED.finditer(text):
        if name := clean_name(match.group(), reading):
            yield name
    for pattern in (_RESPECTED, _PLACED):
        for match in pattern.finditer(text):
            if name := clean_name(match.group(1), reading):
                yield name
    for match in _KOREAN.finditer(text):
        if match.group(1) not in reading.parties.owner_names:
            yield match.group(1)


def signatures(text: str, reading: Reading) -> Iterator[str]:
    """Names under a closing formula: "Viele Grüße, Birgit Lang"."""
    for match in _CLOSING.finditer(text):
        if name := clean_name(match.group(1), reading):
            yield name
