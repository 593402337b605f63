#!/usr/bin/env python3
"""lilo_conf.py FILE PATH...: checks a lilo.conf by the rules of lilo.conf(5), as far as examples need them. PATHs are
the files that there are."""
import re
import shlex
import sys

DEVICE = re.compile(r"/dev/[a-z0-9]+$")
NUMBER = re.compile(r"[0-9]+$")
LABEL = re.compile(r"[A-Za-z0-9_.-]{1,15}$")
PATH = "path"
FLAG = None

GLOBAL = {"boot": DEVICE, "prompt": FLAG, "timeout": NUMBER, "lba32": FLAG, "default": LABEL, "compact": FLAG,
          "delay": NUMBER, "serial": re.compile(r"[0-3](,.*)?$")}
# Of a disk that LILO cannot ask: how the BIOS will see it.
DISK = {"bios": re.compile(r"0x8[0-9]$"), "sectors": NUMBER, "heads": NUMBER, "cylinders": NUMBER,
        "partition": DEVICE, "start": NUMBER}
IMAGE = {"label": LABEL, "root": DEVICE, "initrd": PATH, "read-only": FLAG, "read-write": FLAG,
         "append": re.compile(r'".*"$')}

problems = []
images = []
disks = []
paths = sys.argv[2:]
settings = {}
current, table = None, GLOBAL
for number, line in enumerate(open(sys.argv[1]), 1):
    line = line.split("#")[0].strip()
    if not line:
        continue
    name, equals, value = line.partition("=")
    if name == "image":
        current, table = {"image": value}, IMAGE
        images.append(current)
        rule = PATH
    elif name == "disk" and not images:
        current, table = {"disk": value}, DISK
        disks.append(current)
        rule = DEVICE
    else:
        # What follows a disk and is none of its words is global again.
        if table is DISK and name not in DISK:
            current, table = None, GLOBAL
        if name not in table:
            problems.append(f"line {number}: {name} is not known here")
            continue
        rule = table[name]
        (settings if current is None else current)[name] = value
    if (rule is FLAG) != (equals == ""):
        problems.append(f"line {number}: {name} {'takes no' if rule is FLAG else 'wants a'} value")
    elif rule is PATH and value not in paths:
        problems.append(f"line {number}: there is no {value}")
    elif rule not in (FLAG, PATH) and not rule.match(value):
        problems.append(f"line {number}: {name}={value}")

labels = [image.get("label") for image in images]
if len(set(labels)) != len(labels) or None in labels:
    problems.append(f"labels that are missing or given twice: {labels}")
if settings.get("default") not in labels:
    problems.append("default= names no image")


def words(image):
    return " ".join(shlex.split(image.get("append", '""'))) + (" root=" + image["root"] if "root" in image else "")


for what, wanted in (("(a)", lambda i: "initrd" in i and "root" in i),
                     ("(b)", lambda i: "initrd" in i and "root=/dev/ram0" in words(i)),
                     ("(c)", lambda i: "load_ramdisk=1 prompt_ramdisk=1" in words(i) and "initrd" not in i)):
    if not any(wanted(image) for image in images):
        problems.append(f"there is no entry for {what}")
print("\n".join(problems))
sys.exit(1 if problems else 0)
