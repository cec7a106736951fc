#!/bin/sh
# Builds the release preset and runs its tests in a Debian 13 system of its own, whose libcrypto has ML-KEM-768: what is
# skipped on Debian 12 is run there. Ends with the sum of tools/summary.py, and with its exit status. Whatever ends it,
# no mount is left behind.
# Usage: tools/debian13.sh        as root; needs Debian's mirror once, and npm's registry for npm's judges
#
# All of it lies below build/debian13, and stays there for the next time: root/ is the system, src/ a copy of the
# sources as git sees them, build/ what was made of them, ccache/. Remove the folder to begin anew.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
base="$here/build/debian13"
root="$base/root"
# Slow, and not about libcrypto: they are run on the system that builds.
left_out="kill_test memory_test evidence_test"

say() { echo "debian13.sh: $*" >&2; }

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
  "$here/tools/deps.sh" debian13
  uri=$(mirror)
  [ -n "$uri" ] || { say "apt of this system names no Debian mirror"; exit 3; }
  rm -rf "$root.new"
  mkdir -p "$base"
  apt_settings >"$base/apt.conf"
  say "making a Debian 13 system in $root"
  mmdebstrap --quiet --variant=apt --include=ca-certificates --aptopt="$base/apt.conf" trixie "$root.new" "$uri"
  cp "$base/apt.conf" "$root.new/etc/apt/apt.conf.d/99host"
  mv "$root.new" "$root"
}

# What this system trusts and how it reaches the network; nothing of it is copied that could be a password.
follow_the_host() {
  for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
    [ ! -f "$file" ] || cp -L "$file" "$root$file"
  done
}

# Files keep their times, so that only what changed is built.
copy_sources() {
  rm -rf "$base/src"
  mkdir -p "$base/src" "$base/build" "$base/ccache"
  # A file that git knows and that was removed is passed over.
  git -C "$here" ls-files -z -co --exclude-standard |
    tar -C "$here" --null -T - --ignore-failed-read --warning=none -c | tar -C "$base/src" -x
  git -C "$base/src" init -q  # tests ask git which files there are
}

# In a mount namespace of its own, whose mounts vanish with it however it ends.
mounted() {
  bind() { mkdir -p "$root$2" && mount --rbind "$1" "$root$2"; }
  bind "$base/src" /src
  bind "$base/build" /build
  bind "$base/ccache" /ccache
  bind /dev /dev
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  shared=${MUNIMENT_SHARED:-$here/../shared}
  if [ -d "$shared" ]; then
    mkdir -p "$root/shared"
    mount --bind -o ro "$shared" "$root/shared"
    MUNIMENT_SHARED=/shared
    export MUNIMENT_SHARED
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
  exec chroot "$root" sh /src/tools/debian13.sh --inside
}

inside() {
  cd /src
  tools/deps.sh build test
  openssl=$(dpkg-query -W -f '${Version}' libssl3t64)
  cmake --preset release -B /build/release -DMUNIMENT_PROGRAM_FOLDER=/build >/dev/null
  cmake --build /build/release -j "$(nproc)"
  rm -rf /build/release/test-results
  mkdir /build/release/test-results
  pattern=$(echo "$left_out" | tr ' ' '|')
  ctest --test-dir /build/release -j "$(nproc)" -E "^($pattern)\$" --output-on-failure \
    --output-junit test-results/ctest.junit || true
  echo "Debian 13, libcrypto $openssl. Left out here: $left_out."
  exec python3 tools/summary.py /build/release
}

case "${1:-}" in
  --mounted) mounted ;;
  --inside) inside ;;
  "")
    [ "$(id -u)" -eq 0 ] || { say "run as root: it makes a system and mounts folders in it"; exit 3; }
    make_root
    follow_the_host
    copy_sources
    exec unshare --mount --propagation private --pid --fork --kill-child "$0" --mounted
    ;;
  *) say "no argument is known but none at all"; exit 2 ;;
esac
