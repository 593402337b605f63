# shellcheck shell=bash
# Sourced. Installs what a package list names and this machine lacks.

# The packages that LIST... name: comments and blank lines left out.
listed_packages() {
    sed -e 's/#.*//' -e 's/[[:blank:]]//g' -e '/^$/d' -- "$@" | sort -u
}

# Those of LIST... that are not installed, one a line. One dpkg-query for all
# of them: this runs before every test run.
missing_packages() {
    local -a wanted
    mapfile -t wanted < <(listed_packages "$@")
    ((${#wanted[@]})) || return 0
    # It exits 1 when it does not know a name: that is an answer, not an error.
    comm -23 <(printf '%s\n' "${wanted[@]}") \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' -- "${wanted[@]}" 2>/dev/null |
            sed -n 's/^installed //p' | sort -u)
}

# apt-get without questions, and with all it says on stderr.
quiet_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 \
        -o Acquire::Retries=2 "$@" >&2
}

# install_packages LIST...: after it returns 0 all of them are installed.
install_packages() {
    local -a missing
    local try
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        echo "setup: not root, and these packages are missing: ${missing[*]}" >&2
        echo "setup: as root: apt-get install ${missing[*]}" >&2
        return 1
    fi
    echo "setup: installing ${#missing[@]} packages: ${missing[*]}" >&2
    # An index from long ago names files that the archive no longer has. That another source of
    # this machine is broken need not matter, so what counts is whether the packages come.
    for try in 1 2; do
        quiet_apt update || echo "setup: apt-get update failed; trying to install all the same" >&2
        if quiet_apt install -y --no-install-recommends "${missing[@]}"; then
            mapfile -t missing < <(missing_packages "$@")
            ((${#missing[@]})) || return 0
            echo "setup: apt-get reports success, yet these are missing: ${missing[*]}" >&2
            return 1
        fi
        ((try == 2)) || echo "setup: apt-get failed; trying once more" >&2
    done
    echo "setup: apt-get could not install: ${missing[*]} (its messages stand above)" >&2
    return 1
}
