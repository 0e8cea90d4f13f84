#!/usr/bin/env python3
"""Makes the compact word resources beside this file from the large ones they were distilled from.

usage: make.py SOURCE_DIR [TARGET_DIR]        (needs numpy and snowballstemmer)

SOURCE_DIR holds words_by_rank_60k.txt, words40k.txt, words40k_minilm_256d.int8.npy and
wordnet31_synonyms.tsv.gz; README.md says where those come from. The output is byte for byte the same
for the same input.

Words of one Snowball stem share one row, the row's head: its most frequent word. All numbers are little
endian; `varint` is LEB128.
"""
import gzip
import struct
import sys
from pathlib import Path

import numpy as np
import snowballstemmer

DIMENSIONS = 96
NEIGHBOUR_FLOOR = 0.45
NEIGHBOURS_MAX = 48
SYNONYM_FLOOR = 0.3


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def pack(data):
    return gzip.compress(data, 9, mtime=0)


def relation(rows):
    """Encodes rows of {head: weight in 0..1}: a count, then the difference to the last head and a weight byte."""
    out = bytearray()
    for row in rows:
        out += varint(len(row))
        last = 0
        for head in sorted(row):
            out += varint(head - last)
            out.append(max(1, min(255, round(row[head] * 255))))
            last = head
    return pack(bytes(out))


def neighbours(vectors, row_of, rows):
    """Keeps for every pair of rows the largest cosine of their words, above the floor, nearest first."""
    best = [{} for _ in range(rows)]
    for start in range(0, len(vectors), 2000):
        cosines = vectors[start : start + 2000] @ vectors.T
        for left, right in zip(*np.nonzero(cosines >= NEIGHBOUR_FLOOR)):
            a, b = row_of[start + left], row_of[right]
            if a != b:
                value = float(cosines[left, right])
                best[a][b] = max(best[a].get(b, 0.0), value)
    kept = [set(sorted(row, key=lambda h: (-row[h], h))[:NEIGHBOURS_MAX]) for row in best]
    # Each pair once, from its smaller row; a pair stays when either side keeps it.
    return [
        {h: v for h, v in row.items() if h > index and (h in kept[index] or index in kept[h])}
        for index, row in enumerate(best)
    ]


def synonyms(path, row_of_stem, stem, rank):
    """Reads the synonyms; a word without a row gets one, without a vector, when it has a synonym with a row."""
    lines = []
    with gzip.open(path, "rt", encoding="utf-8") as text:
        for line in text:
            word, _, others = line.rstrip("\n").partition("\t")
            pairs = (other.rpartition(":") for other in others.split())
            lines.append((word, [(name, float(w)) for name, _, w in pairs if float(w) >= SYNONYM_FLOOR]))
    known = set(row_of_stem)
    extra = []
    for word, others in lines:
        if stem(word) not in row_of_stem and word.isalpha() and any(stem(name) in known for name, _ in others):
            row_of_stem[stem(word)] = len(row_of_stem)
            if word not in rank:
                extra.append(word)
    out = [{} for _ in row_of_stem]
    for word, others in lines:
        a = row_of_stem.get(stem(word))
        for name, weight in others:
            b = row_of_stem.get(stem(name))
            if a is not None and b is not None and a != b:
                out[a][b] = max(out[a].get(b, 0.0), weight)
    return out, extra


def main():
    source = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
    stemmer = snowballstemmer.stemmer("english")
    ranked = (source / "words_by_rank_60k.txt").read_text().split()
    rank = {word: index for index, word in enumerate(ranked)}
    words = (source / "words40k.txt").read_text().split()
    vectors = np.load(source / "words40k_minilm_256d.int8.npy").astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9

    rows = {}
    for index in sorted(range(len(words)), key=lambda i: rank[words[i]]):
        rows.setdefault(stemmer.stemWord(words[index]), []).append(index)
    members = sorted(rows.values(), key=lambda m: rank[words[m[0]]])
    row_of = [0] * len(words)
    for row, indexes in enumerate(members):
        for index in indexes:
            row_of[index] = row
    row_of_stem = {stemmer.stemWord(words[m[0]]): row for row, m in enumerate(members)}

    short = np.array([vectors[m[0]][:DIMENSIONS] for m in members])
    short /= np.abs(short).max(axis=1, keepdims=True) + 1e-9
    table = np.round(short * 127).astype(np.int8)

    (target / "vectors.bin").write_bytes(table.tobytes())
    near = neighbours(vectors, row_of, len(members))
    same, extra = synonyms(source / "wordnet31_synonyms.tsv.gz", row_of_stem, stemmer.stemWord, rank)
    near += [{} for _ in range(len(same) - len(near))]
    (target / "neighbours.bin.gz").write_bytes(relation(near))
    (target / "synonyms.bin.gz").write_bytes(relation(same))
    ranked += sorted(extra)
    (target / "words.txt.gz").write_bytes(pack("\n".join(ranked).encode()))
    # One varint a ranked word: its row + 1, or 0 when no row has its stem.
    head_of = b"".join(varint(row_of_stem.get(stemmer.stemWord(word), -1) + 1) for word in ranked)
    (target / "heads.bin.gz").write_bytes(pack(struct.pack("<I", len(same)) + head_of))
    pairs = sum(map(len, near)), sum(map(len, same))
    print(f"{len(ranked)} words, {len(members)} vectors, {len(same)} rows, {pairs[0]} neighbour pairs, {pairs[1]} synonyms")


main()
