#!/bin/sh
# Makes .venv and installs a lock into it: infra/bootstrap.sh requirements.txt
# A second call does nothing, unless the lock, the project or the folder has changed.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)
lock=$1
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV || true

fail() {
    echo "$1" >&2
    exit 1
}

# A name on PATH proves nothing (it may be a shim of a Python that is not there): run each.
find_python() {
    found='' old='' bare=''
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        case $version in
            3.11 | 3.12 | 3.13 | 3.14) ;;
            *) old="$name is $version" && continue ;;
        esac
        if "$name" -c 'import venv, ensurepip' 2>/dev/null; then
            found=$name
            return
        fi
        bare=${bare:-$version}
    done
    [ -z "$bare" ] || fail "Python $bare has no venv module; on Debian and Ubuntu: apt install python$bare-venv"
    fail "no Python 3.11 to 3.14 that runs${old:+ ($old)}; install one: https://www.python.org/downloads/"
}

works() {
    [ ! -e .venv/unfinished ] && [ "$(cat .venv/home 2>/dev/null)" = "$here" ] &&
        .venv/bin/python -m pip --version >/dev/null 2>&1
}

if ! works; then
    find_python
    rm -rf .venv 2>/dev/null || true
    mkdir .venv 2>/dev/null ||
        fail "cannot write below $here; make the folder writable, or run from a copy that is"
    touch .venv/unfinished
    echo "making .venv with $found"
    "$found" -m venv .venv >/dev/null ||
        fail "$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"
    echo "$here" > .venv/home
    rm .venv/unfinished
fi

wanted=$(cat "$lock" pyproject.toml | cksum)
stamp=.venv/installed-$(basename "$lock")
[ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || exit 0

echo "installing $(grep -c '==' "$lock") packages from $lock, once"
touch .venv/unfinished
pip="-m pip install --quiet --disable-pip-version-check"
.venv/bin/python $pip --only-binary :all: --require-hashes -r "$lock" ||
    fail "the packages of $lock are not installed; see above, mend the network and try again"
.venv/bin/python $pip --no-deps --no-build-isolation -e . ||
    fail "the project itself is not installed; see above"
echo "$wanted" > "$stamp"
rm .venv/unfinished
