# shellcheck shell=bash
# Sourced. Says why tests were skipped.

# list_skips LOG: from ctest's log of its last run, one line per reason with the tests that gave it
# (a line "SKIP: reason" of their output). Prints nothing when nothing was skipped.
list_skips() {
    [[ -f $1 ]] || return 0
    awk '/^[0-9]+\/[0-9]+ Testing: / { test = $3 }
         /^SKIP: / && test != "" {
             reason = substr($0, 7)
             count[reason]++
             tests[reason] = tests[reason] " " test
             test = ""
         }
         END {
             for (reason in count)
                 printf "skipped %d: %s\n   %s\n", count[reason], reason, tests[reason]
         }' "$1"
}
