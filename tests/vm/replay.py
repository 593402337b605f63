#!/usr/bin/env python3
"""Replays a disk that lost its power, from a log that QEMU's blklogwrites wrote.

replay.py count BASE LOG            prints the number of writes and of flushes
replay.py cut BASE LOG SEED N OUT   OUT is the disk as cut number N may have left it

Cut N of 2 * writes + 1: an even one has all of the first N / 2 writes and nothing else. An odd one has
all of them up to the last flush before, and of those since then what SEED picks: a disk may write what
it was not told to flush in any order.

The log is that of Linux's dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst).
"""
import random
import shutil
import struct
import sys

MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4


def entries(log):
    """Yields (flags, byte offset, data) of each entry; a discard has no data but a length."""
    with open(log, "rb") as file:
        magic, _, count, sector = struct.unpack("<QQQI", file.read(28))
        if magic != MAGIC:
            sys.exit(f"{log}: not a log of writes")
        at = sector
        for _ in range(count):
            file.seek(at)
            start, sectors, flags, _ = struct.unpack("<QQQQ", file.read(32))
            at += sector
            length = sectors * sector
            if flags & DISCARD:
                yield flags, start * sector, bytes(length)
                continue
            file.seek(at)
            yield flags, start * sector, file.read(length)
            at += length


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    command, base, log = sys.argv[1:4]
    writes = list(entries(log))
    if command == "count":
        flushes = sum(1 for flags, _, _ in writes if flags & FLUSH)
        print(len(writes), flushes)
        return
    seed, number, out = sys.argv[4:7]
    end = int(number) // 2
    shutil.copyfile(base, out)
    kept = writes[:end]
    if int(number) % 2:
        flushed = max((i for i, (flags, _, _) in enumerate(kept) if flags & FLUSH), default=0)
        pick = random.Random(f"{seed} {number}")
        kept = kept[:flushed] + [
            each for each in kept[flushed:] if each[0] & FUA or pick.random() < 0.5]
    with open(out, "r+b") as disk:
        for _, start, data in kept:
            disk.seek(start)
            disk.write(data)


main()
