#!/bin/sh
# Installs the Debian packages that a goal needs; does nothing, and asks for no rights, when they are there.
# Usage: tools/deps.sh build|runner|test|lint|bench|debian13|package...      Debian 12 and 13.
set -eu

build="g++ cmake ninja-build make ccache lld python3
  libssl-dev libcurl4-openssl-dev libexpat1-dev libmicrohttpd-dev libcli11-dev
  nlohmann-json3-dev libutf8proc-dev libqrencode-dev"
# What the program can be built without, and then says so: what bundles the page of a card.
page="npm"
# What the tests can do without, and then say so: browsers; a service that speaks S3, and a program that copies to one.
browsers="chromium firefox-esr fonts-dejavu-core"
services="ceph-mon ceph-mgr ceph-osd ceph-common radosgw rclone curl"
stock="age tar coreutils findutils bash bsdutils"
test="$stock libgtest-dev zlib1g-dev librapidcheck-dev
  libarchive-tools busybox-static golang-go golang-golang-x-mod-dev npm strace git
  librsvg2-bin zbar-tools poppler-utils nginx-light tor
  iproute2 nftables iptables dnsmasq-base openssl curl ca-certificates procps"
lint="clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev lld-19"
bench="libbenchmark-dev openssl restic borgbackup rsync rclone nginx-light wrk git"
debian13="mmdebstrap git"
# What runs in Debian 13 what was built elsewhere, for those tests that are run there: names of that system.
runner="$stock npm git libarchive-tools busybox-static strace librsvg2-bin zbar-tools openssl curl cmake python3
  libssl3t64 libcurl4t64 libexpat1 libmicrohttpd12t64 libqrencode4 libstdc++6"
# What makes the Debian package, and what builds the libraries of the static binary.
package="dpkg-dev binutils git xz-utils autoconf automake libtool patch pkg-config"

wanted=""
optional=""
for goal in "$@"; do
  case "$goal" in
    build) wanted="$wanted $build"; optional="$optional $page" ;;
    demo) wanted="$wanted $build $stock" ;;
    runner) wanted="$wanted $runner" ;;
    test) wanted="$wanted $build $test"; optional="$optional $services $browsers" ;;
    lint) wanted="$wanted $build $test $lint" ;;
    bench) wanted="$wanted $build $stock $bench" ;;
    debian13) wanted="$wanted $debian13" ;;
    package) wanted="$wanted $package $page" ;;
    *) echo "deps.sh: unknown goal '$goal'; its first lines say which there are" >&2; exit 2 ;;
  esac
done

# Gives those of its arguments that are not installed, each once.
find_missing() {
  found=""
  for package in "$@"; do
    case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" in
      installed) ;;
      *) case " $found " in *" $package "*) ;; *) found="$found $package" ;; esac ;;
    esac
  done
  printf '%s' "$found"
}
# shellcheck disable=SC2086  # the lists are meant to be split, here and below
missing=$(find_missing $wanted)
# shellcheck disable=SC2086
missing_optional=$(find_missing $optional)
# A Node.js that did not come from Debian brings npm along without the package.
if command -v npm >/dev/null 2>&1; then
  missing=$(printf '%s' "$missing" | sed 's/ npm\b//')
  missing_optional=$(printf '%s' "$missing_optional" | sed 's/ npm\b//')
fi
[ -n "$missing$missing_optional" ] || exit 0

echo "Installing from Debian:$missing$missing_optional" >&2
run=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "deps.sh: run as root, or install sudo: these packages are missing:$missing$missing_optional" >&2
    [ -n "$missing" ] || exit 0
    exit 3
  }
  run=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
# shellcheck disable=SC2086
[ -z "$missing" ] || $run apt-get install -y -qq --no-install-recommends $missing >/dev/null
# shellcheck disable=SC2086
[ -z "$missing_optional" ] || $run apt-get install -y -qq --no-install-recommends $missing_optional >/dev/null ||
  echo "deps.sh: not installed; what needs it is left out or skipped, and says so:$missing_optional" >&2
