"""Read names of people out of running text, in scripts with capital letters and in those without."""

import re
from collections.abc import Iterator

from .normal import spans, tokens
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
_RESPECTED = re.compile(rf"({_PART})[ \t]+(?:sir|ji|madam|mam|ma'am|san|Hanım|Bey)\b")
_WITH_AFTER = re.compile(rf"({_PART}[ \t]+{_PART})[ \t]+ile\b")
_BEFORE_NAMES = frozenset(  # the tokens of _TITLES
    tokens(
        "Herr Herrn Frau Hr Fr Mr Mrs Ms Mx Miss Dr Prof Professor Principal Madame Monsieur Mme Mlle M Sr Sra Sig Dña"
        " Dra Dott Ing Enf Eng Arq Lic Pan Pani Panem Panią Dhr Mevr Mw"
    )
)
_AFTER_NAMES = frozenset(tokens("sir ji madam mam ma san Hanım Bey ile"))
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
_CJK_START = re.compile(rf"\s*(?:[:：は为為是]\s*)(?=[{_CJK}])([^\n。]*?)(?=[。\n]|\.\s|$)")
_CJK_RUN = re.compile(rf"[{_CJK}]+")
_POST = (
    r"팀장|과장|부장|차장|대리|이사|대표|실장|본부장|점장|원장|교수|매니저|선임|책임|수석"
    r"|经理|總監|总监|主管|主任|部长|部長|店长|店長|院长|校长|教授|总裁|课长|課長|係長|社長|取締役|専務|常務|園長|施設長|長"
)
_CJK_TITLE = re.compile(
    rf"(?:です|でございます|と申します|になります|입니다|様|さん|氏|님|先生|老师|老師|女士|小姐|{_POST})+$"
)
_CJK_POST = re.compile(rf"^.*(?:{_POST}|팀|부서|课|部|課|係|室|科)の?(?=[{_CJK}]{{2}})")
_HIRAGANA = re.compile(r"[\u3040-\u309f]+")
_ACTING = re.compile(rf"(?:の|{_POST})([\u4e00-\u9fff々]{{2,3}})(?:が|より|にて)")
_CALLING = re.compile(
    rf"(?<![\w.])({_PART})[ \t]+(?:calls|will call|rings|phones|ruft|soittaa|ringer|ringar|appelle|m'appelle|llama|chiama"
    r"|liga|belt|dzwoni|zadzwoni|zavolá|volá|arayacak|arar|позвонит|звонит|зателефонує|дзвонить)\b"
)
_JOINED = frozenset({"عبد", "ابو", "أبو", "بن", "آل", "אבו", "בן", "בר"})
_SKIPPED = 5  # words of a job that may stand between "with" and the name
_UNCASED = re.compile(r"\s*[:：]?\s*([\u0590-\u06ff\u0900-\u097f]+(?:[ \t]+[\u0590-\u06ff\u0900-\u097f]+){0,6})")
_UNCASED_TITLE = re.compile(r"(?:^|\s)(?:ال)?(?:أستاذة?|سيدة?|دكتورة?|مهندسة?|श्री|श्रीमती|डॉ|מר|גב|גברת|דר)(?=\s)")
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
        or _HIRAGANA.fullmatch(name)
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
        yield from _uncased_name(plain.group(1), reading)
        return
    lead = _LEAD.match(rest)
    position = _past_job(rest, lead.end() if lead else 0, reading)
    for number in range(_LIMIT):
        match = NAME.match(rest, position)
        name = clean_name(match.group(), reading, listed=number > 0) if match else ""
        if not match or not name:
            return
        yield name
        position = _next_in_list(rest, match.end(), name, reading)
        if position < 0:
            return


def _past_job(text: str, start: int, reading: Reading) -> int:
    """Return where the name begins that follows the words of a job: "vedoucí paní Eva Malá", "Bölge Müdürü Deniz Kaya"."""
    position = start
    for _ in range(_SKIPPED):
        word = _WORD.match(text, position)
        if not word:
            return start
        name = NAME.match(text, position)
        if name and not _is_job_word(word.group(1), reading):
            whole = len(tokens(name.group(1))) > 1 or name.group(1) != name.group()
            return position if position == start or (whole and clean_name(name.group(), reading)) else start
        position = word.end()
    return start


_WORD = re.compile(r"([^\W\d_][\w'’.-]*),?[ \t]+")


def _is_job_word(word: str, reading: Reading) -> bool:
    if word[0].islower():
        return True
    hits = [*reading.lexicon.evidence.find(word), *reading.lexicon.stages.find(word)]
    return any(not hit.kinds.isdisjoint({"job", "hiring_manager", "top", "recruiter"}) for hit in hits)


def _uncased_name(run: str, reading: Reading) -> Iterator[str]:
    """Cut a name out of words of a script without capitals: after a form of address, or after the words of a job."""
    titles = list(_UNCASED_TITLE.finditer(run))
    parts = run[titles[-1].end() :].split() if titles else run.split()
    whole = len(parts) <= 3
    words = tokens(" ".join(parts))
    known = [*reading.lexicon.evidence.scan(words), *reading.lexicon.stages.scan(words)]
    skip = 0
    while len(words) == len(parts) and (ends := [hit.end for hit in known if hit.start == skip]):
        skip = max(ends)
    joined = any(word in _JOINED for word in parts[skip + 1 : skip + 2])  # the name has a part more
    name = parts[skip : skip + (3 if whole or joined else 2)]
    mine = reading.parties.owner_names
    if len(name) > 1 and not any(part in mine for part in tokens(" ".join(name))):
        yield " ".join(name)


def _next_in_list(text: str, end: int, name: str, reading: Reading) -> int:
    """Find the next name of a list, right after a comma or "and", or after this person's job. -1 at the end."""
    plain = _PLAIN_BETWEEN.match(text, end)
    following = NAME.match(text, plain.end()) if plain else None
    if plain and following and clean_name(following.group(), reading, listed=True):
        cut_short = len(tokens(name)) > 1 == len(tokens(following.group()))  # "Ida Holm, Head of IT"
        if not (cut_short and "," in plain.group()):
            return following.start()
    between = _BETWEEN.match(text, end)
    return _past_job(text, between.end(), reading) if between else -1


def _cjk_names(text: str, reading: Reading) -> Iterator[str]:
    for part in re.split(r"[、,，/・と]", re.sub(r"[（(][^）)]*[）)]", "、", text)):
        runs = [bare for run in _CJK_RUN.findall(part) if (bare := _CJK_TITLE.sub("", run))]
        name = _CJK_POST.sub("", runs[-1]) if runs else ""
        if 1 < len(name) <= 5 and not _HIRAGANA.fullmatch(name) and not _is_owners(name, reading):
            yield name


def _is_owners(name: str, reading: Reading) -> bool:
    return any(own in name for own in reading.parties.owner_names if not own.isascii())


def lines_of_agenda(text: str, reading: Reading) -> Iterator[str]:
    """Names at the end of lines that begin with a time: "13:00 System design – Ida Holm"."""
    for match in _SLOT.finditer(text):
        if name := clean_name(match.group(1), reading):
            yield name


def names_with_title(text: str, reading: Reading) -> Iterator[str]:
    """Names with a form of address, anywhere: "Hr. Holm", "Dr Lang", "Anil sir"; and "Day 1: Ida Holm (Design)"."""
    words = tokens(text)
    if not _BEFORE_NAMES.isdisjoint(words):
        yield from filter(None, (clean_name(match.group(), reading) for match in _TITLED.finditer(text)))
    for pattern in (_PLACED,) if _AFTER_NAMES.isdisjoint(words) else (_RESPECTED, _PLACED, _WITH_AFTER):
        yield from filter(None, (clean_name(match.group(1), reading) for match in pattern.finditer(text)))
    for match in () if text.isascii() else (*_KOREAN.finditer(text), *_ACTING.finditer(text)):
        if not _is_owners(match.group(1), reading) and not _CJK_TITLE.fullmatch(match.group(1)):
            yield match.group(1)
    yield from _named_by_job(text, reading)
    for match in _CALLING.finditer(text) if reading.self_made else ():
        if name := clean_name(match.group(1), reading):
            yield name


def _named_by_job(text: str, reading: Reading) -> Iterator[str]:
    """Names of two words and more right after the job of a superior: "Esimies Pekka Aalto", "our director Mary Todd"."""
    places = spans(text)
    for hit in reading.lexicon.stages.find(text) if places else ():
        if hit.kinds.isdisjoint({"hiring_manager", "top"}):
            continue
        end = places[hit.end - 1][1]
        match = NAME.match(text, end + 1) if text[end : end + 1] == " " else None
        if match and len(tokens(match.group(1))) > 1 and (name := clean_name(match.group(), reading)):
            yield name


def signatures(text: str, reading: Reading) -> Iterator[str]:
    """Names under a closing formula: "Viele Grüße, Birgit Lang"."""
    for match in _CLOSING.finditer(text):
        if name := clean_name(match.group(1), reading):
            yield name
