# shellcheck shell=bash
# Sourced. The boot report of linuxrc, as the booted system finds it.

# add_to_init TREE: the lines of standard input become part of TREE's reporting init, before its last words.
add_to_init() {
    cat >"$WORK/lines"
    sed -i "/^\\(# measure here\\|memory init\\)\$/r $WORK/lines" "$1/sbin/init"
    grep -qxF -e "$(head -n 1 "$WORK/lines")" "$1/sbin/init" || fail "no place for more in $1/sbin/init"
}

# tell_report TREE [PATH]: the reporting init of TREE prints it, line by line; /run/linuxrc.json when no PATH
# is given.
tell_report() {
    add_to_init "$1" <<END
while read -r line; do echo "REPORT \$line"; done <${2:-/run/linuxrc.json}
END
}

# reported EXPRESSION: Python takes the report of the last boot for JSON, and EXPRESSION of it, `report`, is true.
reported() {
    sed -n 's/^REPORT //p' "$CONSOLE" >"$WORK/report"
    python3 -m json.tool "$WORK/report" >/dev/null || fail "the report is no JSON: $(<"$WORK/report")"
    python3 -c "import json, sys; report = json.load(open(sys.argv[1])); sys.exit(not ($1))" "$WORK/report" ||
        fail "the report is not so: $1: $(<"$WORK/report")"
}
