"""Prints JSON so that people can read it: short entries share a line, every column and every object has its own."""

import json

WIDTH = 150
OPEN_LEVELS = 2


def dumps(value):
    """Gives JSON text with a final line end."""
    return render(value, 0) + "\n"


def flat(value):
    """Gives JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def render(value, depth):
    """Gives JSON with one entry a line at the outer levels and filled lines below."""
    if not isinstance(value, (dict, list)) or not value:
        return flat(value)
    if depth >= OPEN_LEVELS and (len(flat(value)) <= WIDTH or not has_rich_items(value)):
        return flat(value)
    pad = " " * (depth + 1)
    marks = "{}" if isinstance(value, dict) else "[]"
    rows = []
    for text, is_short in entries(value, depth):
        fits = rows and rows[-1][1] and is_short and len(rows[-1][0]) + len(text) + 2 <= WIDTH
        if fits and depth >= OPEN_LEVELS:
            rows[-1] = (f"{rows[-1][0]}, {text}", True)
        else:
            rows.append((pad + text, is_short))
    body = ",\n".join(text for text, _ in rows)
    return f"{marks[0]}\n{body}\n{' ' * depth}{marks[1]}"


def entries(value, depth):
    """Gives the text of each entry, and whether it may share a line."""
    if isinstance(value, list):
        for item in value:
            yield render(item, depth + 1), not isinstance(item, dict)
        return
    for key, item in value.items():
        yield f"{flat(key)}: {render(item, depth + 1)}", not (isinstance(item, dict) and len(flat(item)) > 60)


def has_rich_items(value):
    """True when an entry holds objects or lists that say something, or the value is long for other reasons."""
    items = value.values() if isinstance(value, dict) else value
    nested = [item for item in items if isinstance(item, (dict, list)) and item]
    return len(nested) > 3 or any(isinstance(item, dict) and len(item) > 2 for item in nested)
