"""A page of Markdown as sentences: what a reader reads as one statement, with the line on which it begins."""

import re

# Words by which a sentence says what will come, or will not, whatever happens.
PROMISE = re.compile(
    r"\b(never|always|immutable|only|alone|no|not|nothing|none|nobody|neither|cannot|without|at most|at least|exactly|until|"
    r"within|before|whole|equal|go(es)? on|stays?|kept|keeps?|refuse[sd]?|told|tells|lost|last|harmless|bounded|bounds|"
    r"untrusted|resumes?|recognised|by itself|by themselves|at once|again|anew|denies|removes?|removed|closed|once|"
    r"\d+ ?(?:[KMG]iB|ms|s|seconds|minutes|hours))\b",
    re.IGNORECASE)

END = re.compile(r"(?<=[.!?])[)*`]*\s+(?=[\[(*`\"']*[A-Z0-9`*])|(?<=:)\s+(?=- )")
NO_END = re.compile(r"(?:\be\.g|\bi\.e|\betc|\bvs|\bcf)\.$")


def normalised(text):
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)  # a link reads as its words
    return " ".join(text.replace("**", "").replace("`", "").split())


def blocks(text):
    """(line, text) of each paragraph, list item and table row (but its head) outside code."""
    found, code = [], False
    at, lines, head = 0, [], True

    def flush():
        nonlocal lines
        if lines:
            found.append((at, " ".join(lines)))
        lines = []

    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            code = not code
            flush()
        elif code or (line.startswith("    ") and not lines):
            continue
        elif not line.strip() or line.startswith("#") or re.fullmatch(r"[|:\- ]+", line.strip()):
            flush()
            head = head or not line.strip()
        elif line.lstrip().startswith("|"):
            flush()
            if head:
                head = False
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            found.append((number, " | ".join(cells)))
        else:
            item = re.match(r"\s*(?:[-*]|\d+\.)\s+", line)
            if item:
                flush()
            if not lines:
                at = number
            lines.append(line[item.end():] if item else line.strip())
    flush()
    return found


def sentences(text):
    """(line, sentence) in order; a row of a table is one sentence."""
    for line, block in blocks(text):
        if " | " in block:
            yield line, normalised(block)
            continue
        part = ""
        for piece in END.split(block):
            if piece is None:
                continue
            part = f"{part} {piece}".strip()
            if NO_END.search(part):
                continue
            yield line, normalised(part)
            part = ""
        if part:
            yield line, normalised(part)
