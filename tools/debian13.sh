#!/bin/sh
# Runs, in a Debian 13 system of its own, the tests that libcrypto's ML-KEM-768 makes a difference to, with the programs
# of build/release as they were built here: libcrypto is asked at run time what it can do. What is skipped on Debian 12
# is run there, and archives are founded with hybrid keys. Ends with the sum of tools/summary.py, and with its exit
# status; with 3, and the reason in the last line, where it cannot be run. Whatever ends it, no mount is left behind.
# Usage: tools/debian13.sh        as root; needs Debian's mirror once, and npm's registry for npm's judges
#        tools/debian13.sh package   makes the Debian package of Debian 13 there, and brings it into build/package
#
# All of it lies below build/debian13, and stays there for the next time: root/ is the system, results/ what the tests
# found, lib/ libraries of this system that Debian 13 has no more; for a package src/, a copy of the sources as git sees
# them, and build/. Remove the folder to begin anew.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
base="$here/build/debian13"
root="$base/root"
# The rooms that seal and open, and the program as a whole. The others are run on the system that builds.
rooms="crypto_test age_test archive_test"
program="authority_test demo_test hybrid_test npm_age_test reader_test readme_test residue_test trustees_test"
# Libraries that the programs need by a name that Debian 13 has no more.
older="libutf8proc.so.2"

say() { echo "debian13.sh: $*" >&2; }
cannot() { say "not run: $*"; exit 3; }

# "URI suite component" of the mirrors that this system's apt uses.
mirror() {
  # shellcheck disable=SC1091
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  # shellcheck disable=SC2016  # the fields are apt's
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(CREATED_BY)' |
    awk -v suite="$suite" '$2 == suite && $3 == "main" && $4 == "Packages" { print $1; exit }'
}

# Proxies and the like, which the new system needs as well.
apt_settings() { apt-config dump | grep -E '^Acquire::(http|https)::' || true; }

make_root() {
  [ ! -f "$root/etc/os-release" ] || return 0
  "$here/tools/deps.sh" debian13 || cannot "what makes a Debian 13 system could not be installed"
  uri=$(mirror)
  [ -n "$uri" ] || cannot "apt of this system names no Debian mirror"
  rm -rf "$root.new"
  mkdir -p "$base"
  apt_settings >"$base/apt.conf"
  say "making a Debian 13 system in $root"
  mmdebstrap --quiet --variant=apt --include=ca-certificates --aptopt="$base/apt.conf" trixie "$root.new" "$uri" ||
    cannot "no Debian 13 system could be made from $uri"
  cp "$base/apt.conf" "$root.new/etc/apt/apt.conf.d/99host"
  mv "$root.new" "$root"
}

# What this system trusts and how it reaches the network; nothing of it is copied that could be a password.
follow_the_host() {
  for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
    [ ! -f "$file" ] || cp -L "$file" "$root$file"
  done
}

# What is as it was keeps the time of the copy before, and all else is new: so only what changed is built, and that also
# when it was changed while an earlier run built.
copy_sources() {
  rm -rf "$base/src.new"
  mkdir -p "$base/src" "$base/src.new" "$base/build" "$base/ccache"
  # A file that git knows and that was removed is passed over.
  git -C "$here" ls-files -z -co --exclude-standard |
    tar -C "$here" --null -T - --ignore-failed-read --warning=none -c | tar -C "$base/src.new" -xm
  (cd "$base/src.new" && find . -type f) | while IFS= read -r file; do
    ! cmp -s "$base/src/$file" "$base/src.new/$file" || touch -r "$base/src/$file" "$base/src.new/$file"
  done
  rm -rf "$base/src"
  mv "$base/src.new" "$base/src"
  git -C "$base/src" init -q  # tests ask git which files there are
}

# In a mount namespace of its own, whose mounts vanish with it however it ends.
mounted() {
  bind() { mkdir -p "$1" "$root$2" && mount --rbind "$1" "$root$2"; }
  bind /dev /dev
  if [ -n "$1" ]; then
    bind "$base/src" /src
    bind "$base/build" /build
    bind "$base/ccache" /ccache
    script=/src/tools/debian13.sh
  else
    # At its own place: the tests know where they were built.
    bind "$here" "$here"
    bind "$base/results" "$here/build/release/test-results"
    bind "$base/lib" /usr/local/lib/older
    python=$(sed -n 's/^_Python3_EXECUTABLE:[A-Z]*=//p' "$here/build/release/CMakeCache.txt")
    if [ -n "$python" ] && [ ! -e "$root$python" ]; then
      mkdir -p "$root$(dirname "$python")"
      ln -s /usr/bin/python3 "$root$python"  # ctest knows it by the name that it has here
    fi
    script=$here/tools/debian13.sh
  fi
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  # At its own place, too: tests that were built here look for it there.
  shared=$(cd "${MUNIMENT_SHARED:-$here/../shared}" 2>/dev/null && pwd || true)
  if [ -n "$shared" ]; then
    mkdir -p "$root$shared"
    mount --bind -o ro "$shared" "$root$shared"
    export MUNIMENT_SHARED="$shared"
  else
    unset MUNIMENT_SHARED
  fi
  # npm's configuration of this system is read where it is, and only while this runs.
  for which in user global; do
    file=$(npm config get "${which}config" 2>/dev/null || true)
    [ -f "$file" ] || continue
    : >"$root/etc/npmrc-$which"
    mount --bind "$file" "$root/etc/npmrc-$which"
    export "npm_config_${which}config=/etc/npmrc-$which"
  done
  export npm_config_cafile=/etc/ssl/certs/ca-certificates.crt
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export HOME=/root TMPDIR=/tmp LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
  export CCACHE_DIR=/ccache CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1
  exec chroot "$root" sh "$script" "--inside$1"
}

# The names of the tests that ctest has with these options, on one line.
tests() { ctest --test-dir build/release -N "$@" | sed -n 's/^ *Test *#[0-9]*: //p' | tr '\n' ' '; }

inside() {
  cd "$here"
  tools/deps.sh runner || cannot "what the tests need could not be installed in the Debian 13 system"
  openssl=$(dpkg-query -W -f '${Version}' libssl3t64)
  export LD_LIBRARY_PATH=/usr/local/lib/older
  rm -f build/release/test-results/*
  # shellcheck disable=SC2086  # the lists are meant to be split
  pattern="^($(echo $rooms $program | tr ' ' '|'))\$"
  ctest --test-dir build/release -j "$(nproc)" -R "$pattern" --output-on-failure \
    --output-junit test-results/ctest.junit || true
  echo "Debian 13, libcrypto $openssl: run were those of the tests that ML-KEM-768 makes a difference to."
  echo "Left out here: $(tests -E "$pattern")"
  exec python3 tools/summary.py build/release
}

# The package, in /build, where it is seen from outside.
inside_package() {
  cd /src
  tools/deps.sh build package || cannot "what makes a package could not be installed in the Debian 13 system"
  tools/package.sh deb
  rm -f /build/muniment*.deb
  cp build/package/muniment*.deb /build/
}

case "${1:-}" in
  --mounted) mounted "" ;;
  --mounted-package) mounted -package ;;
  --inside) inside ;;
  --inside-package) inside_package ;;
  "" | package)
    [ "$(id -u)" -eq 0 ] || cannot "this needs root: it makes a system and mounts folders in it"
    unshare --mount --pid --fork true 2>/dev/null || cannot "nothing may be mounted here, not even by root"
    if [ -z "${1:-}" ] && [ ! -x "$here/build/release/crypto_test" ]; then
      cannot "there is no build/release: make test builds it"
    fi
    make_root
    follow_the_host
    if [ "${1:-}" = package ]; then
      copy_sources
      # The sources are there without their history: the time of the last commit goes along.
      SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
      export SOURCE_DATE_EPOCH
      unshare --mount --propagation private --pid --fork --kill-child "$0" --mounted-package
      mkdir -p "$here/build/package"
      cp "$base"/build/muniment*.deb "$here/build/package/"
      exit 0
    fi
    mkdir -p "$base/lib"
    for name in $older; do
      file=$(ldd "$here/build/muniment" | awk -v name="$name" '$1 == name { print $3 }')
      [ -z "$file" ] || cp -L "$file" "$base/lib/$name"
    done
    exec unshare --mount --propagation private --pid --fork --kill-child "$0" --mounted
    ;;
  *) say "give nothing, or package"; exit 2 ;;
esac
