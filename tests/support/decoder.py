"""Decodes the compact coding in plain loops, apart from the program that codes and the player."""

import math
import struct


def decode_part(piece, header):
    """Return the name of an optional part, and its bytes in each record by index."""
    number, first, count = struct.unpack_from("<3I", piece)
    name = ("grid", "mixed")[number]
    begin, end = header["parts"][name]
    assert len(piece) == 12 + count * (end - begin)
    found, before = {}, bytes(end - begin)
    for i in range(count):
        changes = piece[12 + i :: count]
        before = bytes((a + b) % 256 for a, b in zip(before, changes, strict=True))
        found[first + i] = before
    return name, found


def decode(piece, header, known):
    """Return the records of a piece by index, as bytes; `known` holds those before it."""
    (count,) = struct.unpack_from("<I", piece)
    numbers = struct.unpack_from(f"<{3 * count}I", piece, 4)
    labels, classes = header["labels"], len(header["class_names"])
    size = min([header["record_size"], *(begin for begin, _ in header.get("parts", {}).values())])
    offset, points = header["fields"]["features"]["offset"], len(labels)
    at = 4 + 12 * count
    maps = struct.unpack_from(f"<{10 * classes * count}f", piece, at)
    at += 40 * classes * count
    rest, planes = piece[at:], piece[at + (size - 4 * points) * count :]
    assert len(planes) == 4 * points * count
    found = dict(known)

    def features_of(index):
        return struct.unpack_from(f"<{2 * points}h", found[index], offset)

    for i in range(count):
        index, first, second = numbers[i::count]
        a, b = (
            [0] * 2 * points if each == index else features_of(each) for each in (first, second)
        )
        features = []
        for n in range(2 * points):
            x, axis, begin = n - n % 2, n % 2, 10 * (classes * i + labels[n // 2])
            m = maps[begin + axis : begin + 10 : 2]
            guess = m[0] + m[1] * a[x] + m[2] * a[x + 1] + m[3] * b[x] + m[4] * b[x + 1]
            place = 2 * points * i + n
            folded = planes[place] | planes[2 * points * count + place] << 8
            value = math.floor(guess + 0.5) + (folded >> 1 ^ -(folded & 1))
            features.append((value + 2**15) % 2**16 - 2**15)
        others = rest[i : (size - 4 * points) * count : count]
        packed = struct.pack(f"<{2 * points}h", *features)
        found[index] = others[:offset] + packed + others[offset:]
    return {index: found[index] for index in numbers[:count]}
