#!/bin/bash
# Every test that docs/rdload-statements.md names for a statement is there and bears its number.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=0
while IFS='|' read -r _ number _ tests _; do
  [[ $number =~ ^\ ([0-9]+)\ $ ]] || continue
  number=${BASH_REMATCH[1]}
  while read -r file mark; do
    case $mark in
      s*) pattern="BOOST_[A-Z_]*\($mark" ;;
      # A comment may name several: "Statements 14 and 15".
      *) pattern="[Ss]tatements? ([0-9]+ and )?$mark( and|\>)" ;;
    esac
    [[ $mark == "s$(printf %02d "$number")"* || $mark == "$number" ]] || { echo "statement $number names $mark"; exit 1; }
    grep -qE "$pattern" "$file" || { echo "statement $number: $file has no test $mark"; exit 1; }
    count=$((count + 1))
  done < <(tr ',' '\n' <<<"$tests")
done <docs/rdload-statements.md
((count > 20)) || { echo "only $count tests are named"; exit 1; }
echo "$count tests"
