"""Lines of text as they stand on paper: prose of six languages, records, forms, codes. From the pages
of Debian's manuals and its fortunes, and made up."""

import glob
import gzip
import os
import random
import re

R = random
ROMAN_MARKS = re.compile(r"\\f[A-Z]|\\f\(..|\\[&/,|^]")
ROMAN_SIGNS = {"\\-": "-", "\\(aq": "'", "\\(oq": "‘", "\\(cq": "’"}


def _manuals(language):
    files = sorted(glob.glob(f"/usr/share/man/{language}/man[1-8]/*.gz"))
    R.Random(5).shuffle(files)
    found = []
    for path in files[:600]:
        with gzip.open(path, "rt", errors="ignore") as file:
            lines = [line for line in file.read().split("\n") if not line.startswith((".", "'", '\\"'))]
        for line in lines:
            line = ROMAN_MARKS.sub("", line)
            for sign, character in ROMAN_SIGNS.items():
                line = line.replace(sign, character)
            line = re.sub(r"\\\(..|\\\*\(..|\\[a-z]", "", line).replace("\\", "").strip()
            if len(line) > 25:
                found.append(line)
    return found


def _fortunes(language):
    found = []
    for path in glob.glob(f"/usr/share/games/fortunes/{language}*"):
        if path.endswith((".dat", ".u8")) or os.path.isdir(path) or "ascii" in path:
            continue
        with open(path, encoding="utf8", errors="ignore") as file:
            for line in map(str.strip, file.read().split("\n")):
                if len(line) > 15 and sum(map(str.isalpha, line)) > 0.6 * len(line):
                    found.append(line)
    return found


ENGLISH = _fortunes("") + _manuals("")
OTHERS = [_fortunes("de/") + _manuals("de"), _manuals("fr"), _fortunes("es/") + _manuals("es")]
OTHERS += [_fortunes("it/") + _manuals("it"), _manuals("nl")]
WORDS = sorted({word for line in ENGLISH for word in re.findall(r"[A-Za-z]{2,}", line)})
# Letters that are narrow, or stand twice: what is lost most easily.
NARROW = [word for word in WORDS if re.search(r"(.)\1|il|li|rt|fi|tl|lt|ti|it", word)]
NAMES = """Miller Smith Johnson Brown Garcia Davis Wilson Anderson Taylor Moore Jackson Martin Lee Thompson White
Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall Campbell""".split()
LABELS = """Subtotal Total Tax Amount Due Date Invoice No. Account Number Qty Description Unit Price Balance Cash
Change Card Approved Auth Code Ref Terminal Merchant Order Server Table Guest Tip Discount Item Phone Fax Email Address
City State Zip Name Title Signature Department Grade Credits GPA Course Plaintiff Defendant Case Court Judge Exhibit
Page Section Figure Chapter Volume Patient Dose Policy Premium Rate Loan Payment Interest Deposit Statement""".split()
TITLES = "Mr. Mrs. Dr. St. No. Ms. Jr. vs. etc. e.g. i.e. Inc. Ltd. Co.".split()
SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?()[]/&%$#@*+-='\""


def _number():
    return R.choice(
        [
            lambda: f"{R.choice(['$', '$', '€', '£', ''])}{R.randint(0, 9999):,}.{R.randint(0, 99):02d}",
            lambda: f"{R.randint(0, 999)}.{R.randint(0, 99):02d}",
            lambda: f"{R.randint(1, 12):02d}/{R.randint(1, 31):02d}/{R.randint(1950, 2030)}",
            lambda: f"{R.randint(0, 23)}:{R.randint(0, 59):02d}{R.choice(['', ' AM', ' PM', 'am', 'pm'])}",
            lambda: f"({R.randint(200, 999)}) {R.randint(200, 999)}-{R.randint(0, 9999):04d}",
            lambda: f"{R.uniform(0, 100):.{R.randint(0, 3)}f}%",
            lambda: "".join(R.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-") for _ in range(R.randint(4, 12))),
            lambda: str(R.randint(0, 10 ** R.randint(1, 9))),
            lambda: f"{R.choice('[#')}{R.randint(1, 999)}",
        ]
    )()


def _record():
    word = lambda: R.choice(WORDS).lower()
    return R.choice(
        [
            lambda: f"{R.choice(LABELS)}{R.choice([':', ' :', ''])} {_number()}",
            lambda: " ".join(R.choice(LABELS) for _ in range(R.randint(1, 3))) + R.choice([":", "", "."]),
            lambda: f"{R.randint(1, 20)} {word()} {word()} {_number()}",
            lambda: f"{R.choice(NAMES)}, {R.choice(NAMES)} {R.choice('ABCDEFGHJKLMNPRSTW')}.",
            lambda: f"{R.randint(1, 9999)} {R.choice(NAMES)} {R.choice(['St.', 'Ave.', 'Street', 'Road', 'Blvd', 'Lane'])}",
            lambda: f"{R.choice(NAMES).lower()}{R.randint(1, 99)}@{word()}.{R.choice(['com', 'org', 'net', 'edu'])}",
            lambda: f"{R.choice(['http://', 'https://', 'www.'])}{word()}.{R.choice(['com', 'org'])}/{word()}",
            lambda: " ".join(_number() for _ in range(R.randint(1, 4))),
        ]
    )()


def _piece(line, length):
    words = line.split()
    taken = ""
    for word in words[R.randrange(len(words)) :]:
        if taken and len(taken) + len(word) > length:
            break
        taken = f"{taken} {word}".strip()
    return _parted(taken[: length + 12])


def _parted(line):
    """Some lines end in the middle of a word, and some begin there."""
    chance = R.random()
    if chance < 0.25 and (word := re.search(r"[^\W\d_]{5,}$", line)):
        return line[: R.randint(word.start() + 2, word.end() - 2)] + "-"
    if 0.25 <= chance < 0.35 and (word := re.match(r"[^\W\d_]{5,}", line)):
        return line[R.randint(2, word.end() - 2) :]
    return line


def any_text():
    length = R.choice([R.randint(1, 12), R.randint(8, 30), R.randint(20, 48), R.randint(30, 75)])
    several = lambda words: " ".join(R.choice(words) for _ in range(R.randint(1, max(1, length // 8))))
    kinds = {
        lambda: _piece(R.choice(ENGLISH), length): 47,
        lambda: _piece(R.choice(R.choice(OTHERS)), length): 12,
        lambda: f"{R.choice(TITLES)} {_piece(R.choice(ENGLISH), length)}": 3,
        _record: 22,
        lambda: several(NARROW): 8,
        lambda: several(WORDS): 4,
        lambda: "".join(R.choice(SIGNS) for _ in range(R.randint(1, 8))): 4,
    }
    text = R.choices(list(kinds), list(kinds.values()))[0]()
    if R.random() < 0.1:
        text = text.upper()
    if R.random() < 0.03:
        text = f"{R.choice(['•', '-', '*', '–', '1.', 'a)', '(2)'])} {text}"
    return text.strip()
