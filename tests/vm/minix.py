#!/usr/bin/env python3
"""minix.py IMAGE DIRECTORY: a minix v1 file system (14-character names, 1 KiB blocks) of the directories,
regular files and symbolic links of DIRECTORY, without mounting: nothing in Debian writes files into one. The layout: fs/minix in
the kernel's sources. Files of at most 519 KiB."""
import os
import struct
import sys

BLOCK = 1024
INODES = 256
ZONES = 4096


class Image:
    def __init__(self):
        self.table = (INODES * 32 + BLOCK - 1) // BLOCK
        self.first = 2 + 1 + 1 + self.table  # boot block, superblock, one bitmap each, inodes
        self.blocks = [bytes(BLOCK) for _ in range(ZONES)]
        self.inodes = [bytes(32)] * INODES
        self.used_inodes = 0
        self.next = self.first

    def store(self, data):
        """Stores one block, returns its number."""
        if self.next == ZONES:
            sys.exit("minix.py: the files do not fit")
        self.blocks[self.next] = data.ljust(BLOCK, b"\0")
        self.next += 1
        return self.next - 1

    def write(self, number, mode, links, data):
        """Stores the contents and the inode."""
        zones = [self.store(data[at:at + BLOCK]) for at in range(0, len(data), BLOCK)]
        if len(zones) > 7 + BLOCK // 2:
            sys.exit("minix.py: a file is larger than 519 KiB")
        pointers = zones[:7] + [0] * (7 - len(zones[:7])) + [0, 0]
        if len(zones) > 7:
            pointers[7] = self.store(struct.pack("<%dH" % len(zones[7:]), *zones[7:]))
        self.inodes[number] = struct.pack("<HHIIBB9H", mode, 0, len(data), 0, 0, links, *pointers)

    def new_inode(self):
        self.used_inodes += 1
        if self.used_inodes == INODES:
            sys.exit("minix.py: too many files")
        return self.used_inodes

    def add(self, path, parent=None):
        """Adds a file or a directory with all that is in it, returns its inode's number."""
        number = self.new_inode()
        if os.path.islink(path):
            self.write(number, 0o120777, 1, os.readlink(path).encode())
        elif os.path.isdir(path):
            entries = [(".", number), ("..", parent or number)]
            entries += [(name, self.add(os.path.join(path, name), number)) for name in sorted(os.listdir(path))]
            data = b"".join(struct.pack("<H14s", inode, name.encode()) for name, inode in entries)
            links = 2 + sum(os.path.isdir(os.path.join(path, name)) for name, _ in entries[2:])
            self.write(number, 0o40755, links, data)
        else:
            with open(path, "rb") as file:
                self.write(number, 0o100000 | (os.stat(path).st_mode & 0o777), 1, file.read())
        return number

    def bytes(self):
        def bitmap(used):
            # Bit 0 is always taken; what lies beyond the end is, too.
            return ((1 << (used + 1)) - 1).to_bytes(BLOCK, "little")
        self.blocks[1] = struct.pack("<HHHHHHIHH", INODES, ZONES, 1, 1, self.first, 0,
                                     (7 + 512 + 512 * 512) * BLOCK, 0x137F, 1).ljust(BLOCK, b"\0")
        self.blocks[2] = bitmap(self.used_inodes)
        self.blocks[3] = bitmap(self.next - self.first)
        table = b"".join(self.inodes[1:] + [bytes(32)])
        for i in range(self.table):
            self.blocks[4 + i] = table[i * BLOCK:(i + 1) * BLOCK].ljust(BLOCK, b"\0")
        return b"".join(self.blocks)


image = Image()
image.add(sys.argv[2])
with open(sys.argv[1], "wb") as out:
    out.write(image.bytes())
