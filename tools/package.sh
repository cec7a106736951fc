#!/bin/sh
# Makes the Debian package of this system's release and one static binary, with their digests, in build/package. The
# same sources give the same bytes, wherever and whenever they are built with the same packages of Debian.
# Usage: tools/package.sh            the package and the binary
#        tools/package.sh deb        the package alone
#        tools/package.sh --check [deb]   builds them twice, in two folders and without ccache, and compares
#        tools/package.sh --debian13 the package of Debian 13, in its system below build/debian13 (as root)
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
out="$here/build/package"
jobs=${JOBS:-$(nproc)}
say() { echo "package.sh: $*" >&2; }

# The time of all files inside: that of the last commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022
number=$(sed -n 's/^project(muniment VERSION \([0-9.]*\).*/\1/p' "$here/CMakeLists.txt")
architecture=$(dpkg --print-architecture)
# shellcheck disable=SC1091
release=$(. /etc/os-release && echo "$VERSION_ID")
version="$number-1~deb$release"

# build FOLDER [OPTION...]: the program, without paths of this machine, with symbols stripped.
build() {
  folder=$1
  shift
  log="$folder.log"
  mkdir -p "$folder"
  flags="-O2 -ffile-prefix-map=$folder=. -ffile-prefix-map=$here=."
  { cmake -S "$here" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON \
    "-DCMAKE_CXX_FLAGS_RELEASE=$flags" \
    -DMUNIMENT_PROGRAM_FOLDER="$folder" "$@" && cmake --build "$folder" -j "$jobs" --target muniment; } >"$log" 2>&1 ||
    { tail -40 "$log" >&2; say "the program could not be built; all of it is in $log"; exit 3; }
  ! grep -q "without the page" "$log" || { say "npm did not give the page of a card: a package has it"; exit 3; }
  strip --strip-all "$folder/muniment"
}

stage() {  # stage MODE FROM TO
  install -D -m "$1" "$2" "$3"
}

# deb PROGRAM STAGING TARGET
deb() {
  root=$2
  rm -rf "$root"
  stage 755 "$1" "$root/usr/bin/muniment"
  doc="$root/usr/share/doc/muniment"
  stage 644 "$here/README.md" "$doc/README.md"
  for page in "$here"/docs/*.md; do stage 644 "$page" "$doc/docs/$(basename "$page")"; done
  for page in "$here"/docs/transcripts/*.md; do stage 644 "$page" "$doc/docs/transcripts/$(basename "$page")"; done
  stage 644 "$here/packaging/copyright" "$doc/copyright"
  mkdir -p "$root/usr/share/man/man1"
  gzip -9 -n <"$here/packaging/muniment.1" >"$root/usr/share/man/man1/muniment.1.gz"
  for unit in "$here"/packaging/*.service "$here"/packaging/*.timer; do
    stage 644 "$unit" "$root/usr/lib/systemd/system/$(basename "$unit")"
  done
  stage 644 "$here/packaging/sysusers.conf" "$root/usr/lib/sysusers.d/muniment.conf"
  stage 755 "$here/packaging/postinst" "$root/DEBIAN/postinst"

  # What the program is linked to says on what it depends.
  mkdir -p "$root.depends/debian"
  printf 'Source: muniment\n\nPackage: muniment\nArchitecture: any\n' >"$root.depends/debian/control"
  depends=$(cd "$root.depends" && dpkg-shlibdeps -O "$root/usr/bin/muniment" 2>/dev/null |
    sed -n 's/^shlibs:Depends=//p')
  rm -rf "$root.depends"
  [ -n "$depends" ] || { say "dpkg-shlibdeps found nothing that the program depends on"; exit 3; }
  size=$(find "$root/usr" -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
  cat >"$root/DEBIAN/control" <<CONTROL
Package: muniment
Version: $version
Architecture: $architecture
Maintainer: the people of muniment <muniment@example.org>
Installed-Size: $size
Depends: $depends
Recommends: ca-certificates
Suggests: age, tor
Section: utils
Priority: optional
Description: archive for evidence: sealed, provably unaltered, in many places
 muniment keeps the evidence of people whose work is outlawed. It seals what
 depositors bring so that nobody who carries off a machine can read it, proves
 that nothing was altered or silently taken away, holds copies in many places
 (volunteers hold what they cannot read), and gives everything back to its
 custodians or to a court, which needs only age, tar and sha256sum.
CONTROL
  chmod 644 "$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --threads-max=1 --build "$root" "$3" >/dev/null
}

make_deb() {  # make_deb WORK TARGETS
  build "$1/build"
  deb "$1/build/muniment" "$1/staging" "$2/muniment_${version}_$architecture.deb"
}

make_static() {  # make_static WORK TARGETS
  JOBS=$jobs "$here/tools/static_libraries.sh" "$1/static-libraries"
  build "$1/build-static" -DMUNIMENT_STATIC=ON "-DCMAKE_PREFIX_PATH=$1/static-libraries"
  stage 755 "$1/build-static/muniment" "$2/muniment-$number-static-$architecture"
}

sums() { (cd "$1" && find . -maxdepth 1 -name 'muniment*' -printf '%f\n' | sort | xargs sha256sum >SHA256SUMS); }

# Says of two folders whether they hold the same; status 1 if not.
compare() {
  different=0
  for file in "$1"/muniment*; do
    if cmp -s "$file" "$2/$(basename "$file")"; then
      echo "the same twice: $(sha256sum <"$file" | cut -c1-64)  $(basename "$file")"
    else
      echo "DIFFERENT: $(basename "$file")"
      different=1
    fi
  done
  return $different
}

"$here/tools/deps.sh" build package
case "${1:-}" in
  "" | deb)
    mkdir -p "$out"
    rm -f "$out"/muniment*
    make_deb "$out/work" "$out"
    [ "${1:-}" = deb ] || make_static "$out/work" "$out"
    sums "$out"
    say "made in $out:"
    cat "$out/SHA256SUMS"
    ;;
  --check)
    check="$out/check"
    rm -rf "$check"
    export CCACHE_DISABLE=1
    for round in first another-and-longer-name; do
      mkdir -p "$check/$round/out"
      make_deb "$check/$round/work" "$check/$round/out"
      [ "${2:-}" = deb ] || make_static "$check/$round/work" "$check/$round/out"
    done
    compare "$check/first/out" "$check/another-and-longer-name/out"
    ;;
  --debian13) exec "$here/tools/debian13.sh" package ;;
  *) say "give nothing, deb, --check or --debian13"; exit 2 ;;
esac
