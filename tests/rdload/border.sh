#!/bin/bash
# The core and the decoders, which linuxrc links, know no Boost, no exceptions and no iostream: none of LIBRARIES names
# one of their symbols. FRONT, the program's own part, does, which shows that they would be found.
set -euo pipefail
: "${LIBRARIES:?archives}" "${FRONT:?the front end archive}"
command -v nm >/dev/null || { echo "nm is not installed (binutils)"; exit 77; }
foreign='__cxa_(throw|rethrow|begin_catch)|boost::|std::(cout|cerr|cin|basic_[a-z]*stream)|std::__throw'
symbols() { nm -C "$1" 2>/dev/null | grep -E "$foreign" || true; }
[[ $(symbols "$FRONT" | wc -l) -gt 50 ]] || { echo "$FRONT: what is looked for is not even there"; exit 1; }
count=0
for library in $LIBRARIES; do
  nm "$library" 2>/dev/null | grep -c ' T ' >/dev/null || { echo "$library holds nothing"; exit 1; }
  found=$(symbols "$library")
  [[ -z $found ]] || { printf '%s:\n%s\n' "$library" "$found"; exit 1; }
  count=$((count + 1))
done
echo "$count libraries"
