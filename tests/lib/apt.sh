# shellcheck shell=bash
# Sourced, after cache.sh. Fetches Debian packages by name without installing them, for any suite
# of the archive that this machine's own apt sources name: no archive's address stands here.
# Signatures are always verified.

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Base addresses of Debian's main archive in this machine's apt sources. apt tells them, and whose
# archive it is, from the indexes that it has fetched; where those were removed, as they are in
# container images, they are fetched again, into the cache.
archive_bases() {
    # shellcheck disable=SC2016  # apt's placeholders
    local query=(indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages')
    local lists targets
    targets=$(apt-get "${query[@]}")
    if [[ -z $targets ]]; then
        lists=$(cache_folder)/apt/machine
        mkdir -p "$lists/partial"
        apt-get -q -o Dir::State::lists="$lists" -o APT::Sandbox::User=root update </dev/null >&2 || true
        targets=$(apt-get -o Dir::State::lists="$lists" "${query[@]}")
    fi
    sed -n 's|^Debian/Debian ||p' <<<"$targets" | awk '!seen[$0]++'
}

# apt_for SUITE COMMAND ARG...: an apt program with the configuration and the index of that suite
# alone. -c comes last of all settings, so the machine's proxies still hold.
apt_for() {
    local folder
    folder=$(cache_folder)/apt/$1
    "$2" -q -c "$folder/apt.conf" "${@:3}" </dev/null
}

# configure_suite SUITE BASE KEYRING: SUITE is a name, or name:architecture for another than amd64.
configure_suite() {
    local folder architecture=amd64
    if [[ $1 == *:* ]]; then architecture=${1#*:}; fi
    folder=$(cache_folder)/apt/$1
    rm -rf "$folder"
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/none"
    : >"$folder/status"
    echo "deb [arch=$architecture signed-by=$3] $2 ${1%:*} main" >"$folder/sources.list"
    # No sandbox user: it may not enter a cache below a home folder.
    cat >"$folder/apt.conf" <<EOF
Dir::State "$folder";
Dir::State::lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "$folder/none";
Dir::Etc::preferences "$folder/none/preferences";
Dir::Etc::preferencesparts "$folder/none";
APT::Architecture "$architecture";
#clear APT::Architectures;
APT::Architectures { "$architecture"; };
APT::Default-Release "";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
EOF
}

# try_update SUITE BASE KEYRING LOG
try_update() {
    configure_suite "$1" "$2" "$3"
    apt_for "$1" apt-get update >>"$4" 2>&1 && : >"$(cache_folder)/apt/$1/fresh"
}

# update_suite SUITE: fetches the index of SUITE from the first base that has it. What was fetched
# within the hour is good enough: several kernels come from one suite.
update_suite() {
    local suite=$1 base tried='' log newer fresh
    fresh=$(cache_folder)/apt/$suite/fresh
    [[ -z $(find "$fresh" -mmin -60 2>/dev/null) ]] || return 0
    log=$(cache_folder)/apt/$suite.log
    newer=$(cache_folder)/apt/keyring
    echo "fetching the package index of $suite" >&2
    : >"$log"
    while read -r base; do
        tried+=" $base"
        if try_update "$suite" "$base" "$debian_keyring" "$log"; then return 0; fi
        # A suite younger than this machine may be signed with a key that its keyring lacks. The
        # release that the machine does trust brings newer keyrings in its updates.
        if [[ ${suite%:*} != bookworm ]] && grep -q NO_PUBKEY "$log"; then
            unpack_packages bookworm "$newer" debian-archive-keyring || continue
            if try_update "$suite" "$base" "$newer$debian_keyring" "$log"; then return 0; fi
        fi
    done < <(archive_bases)
    echo "Debian's $suite could not be fetched and verified; tried:${tried:- nothing, as apt has no sources}" >&2
    tail -n 20 "$log" >&2
    return 1
}

# download_packages SUITE PACKAGE...: into the folder apt/packages. apt checks every file's hash.
download_packages() {
    local archives
    archives=$(cache_folder)/apt/packages
    rm -rf "$archives"
    mkdir -p "$archives"
    echo "downloading ${*:2}" >&2
    if ! (cd "$archives" && apt_for "$1" apt-get download "${@:2}" >log 2>&1); then
        echo "apt-get download failed:" >&2
        tail -n 20 "$archives/log" >&2
        return 1
    fi
}

# unpack_packages SUITE FOLDER PACKAGE...: fetches the index and the packages and unpacks them below
# FOLDER. A PACKAGE may be the name of a function that prints names for a suite.
unpack_packages() {
    local suite=$1 folder=$2 word archive names=()
    shift 2
    update_suite "$suite" || return
    for word; do
        if declare -F "$word" >/dev/null; then
            mapfile -t -O "${#names[@]}" names < <("$word" "$suite")
        else
            names+=("$word")
        fi
    done
    if ((${#names[@]} == 0)); then
        echo "$*: no such package in $suite" >&2
        return 1
    fi
    download_packages "$suite" "${names[@]}" || return
    for archive in "$(cache_folder)"/apt/packages/*.deb; do
        echo "unpacking ${archive##*/}" >&2
        dpkg-deb -x "$archive" "$folder" || return
    done
    rm -rf "$(cache_folder)/apt/packages"
}

# fetch_packages SUITE FOLDER PACKAGE...: unpack_packages, one caller at a time: they share the
# indexes and the network.
fetch_packages() (
    mkdir -p "$(cache_folder)/apt"
    exec {lock}>"$(cache_folder)/apt.lock"
    flock "$lock"
    unpack_packages "$@"
)
