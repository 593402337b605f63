# shellcheck shell=bash
# Sourced. Where fetched and built things are kept, outside the source tree.

# Prints the cache's folder. HOME may be unset, as it is under some CI runners.
cache_folder() {
    realpath -ms "${IMAGE_INITRD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/image-initrd}"
}

# make_once FOLDER FUNCTION [ARG...]: unless FOLDER exists, runs FUNCTION ARG... NEW with an empty
# folder NEW beside it, and renames NEW to FOLDER when that succeeds. What is in the cache is
# therefore complete, and of two callers at once the second waits and finds the first one's work.
# What a killed run left is removed. Its programs inherit the lock, so that one that outlives its
# shell is waited for and not worked against.
make_once() (
    folder=$1
    shift
    if [[ -d $folder ]]; then exit 0; fi
    mkdir -p "${folder%/*}"
    exec {lock}>"$folder.lock"
    if ! flock -n "$lock"; then
        echo "${folder##*/}: waiting for another process that is making it" >&2
        flock "$lock"
    fi
    if [[ -d $folder ]]; then exit 0; fi
    trap 'rm -rf "$folder.new"' EXIT
    rm -rf "$folder.new"
    mkdir "$folder.new"
    "$@" "$folder.new" || exit 1
    mv -T "$folder.new" "$folder"
)
