#!/bin/sh
# Builds, from Debian's source packages, those libraries of the static binary of which Debian has no static set that can
# be linked: curl with HTTP, TLS and SOCKS only, libmicrohttpd without TLS, libqrencode. All else that the binary needs
# Debian has as .a files. What is fetched is checked by apt against Debian's keys.
# Usage: tools/static_libraries.sh FOLDER        headers and archives come to FOLDER/include and FOLDER/lib
set -eu

target=$(mkdir -p "$1" && cd "$1" && pwd)
work="$target/work"
epoch=${SOURCE_DATE_EPOCH:?set by tools/package.sh}
jobs=${JOBS:-$(nproc)}
[ ! -f "$target/done" ] || exit 0
rm -rf "$work" "${target:?}/include" "${target:?}/lib"
mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$target/include" "$target/lib"

# shellcheck disable=SC1091
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# The places from which this system has its packages, asked for their sources.
# shellcheck disable=SC2016  # the fields are apt's
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(CREATED_BY)' |
  awk -v suite="$suite" '$3 == "main" && $4 == "Packages" && ($2 == suite || $2 == suite "-security") {
    print "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $1 " " $2 " main" }' |
  sort -u >"$work/apt/sources.list"
[ -s "$work/apt/sources.list" ] ||
  { echo "static_libraries.sh: apt of this system names no Debian mirror" >&2; exit 3; }

apt_private() {
  apt-get -qq -o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User=root \
    -o APT::Get::Only-Source=true "$@"
}
apt_private update

# The source of a package, unpacked into $work/NAME with Debian's own patches.
fetch() {
  mkdir "$work/fetched-$1"
  (cd "$work/fetched-$1" && apt_private source --download-only "$1" &&
    dpkg-source --no-check -x ./*.dsc "$work/$1" >/dev/null)
}

# The same without Debian's patches: for what has none that are compiled.
fetch_original() {
  mkdir "$work/fetched-$1" "$work/$1"
  (cd "$work/fetched-$1" && apt_private source --download-only --tar-only "$1" &&
    tar -x --strip-components=1 --no-same-owner -C "$work/$1" -f "$1"_*.orig.tar.*)
}

# No path of this machine, no time of this build comes into what is compiled.
CFLAGS="-O2 -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$work=."
export CFLAGS SOURCE_DATE_EPOCH="$epoch" LC_ALL=C TZ=UTC
# configure and make say much, of which only what failed is of use.
quietly() {
  "$@" >"$work/log" 2>&1 || { tail -40 "$work/log" >&2; echo "static_libraries.sh: failed: $*" >&2; exit 3; }
}

fetch curl
(
  cd "$work/curl"
  # The patches by which Debian gives the library other names for other TLS libraries are taken back, the last first.
  grep -E '^[0-9]+_(gnutls|nss)\.patch$' debian/patches/series | sort -r |
    while IFS= read -r patch; do quietly patch -R -p1 -i "debian/patches/$patch"; done
  # Debian's sources come without a configure script.
  quietly autoreconf -fi
  quietly ./configure --prefix="$target" --libdir="$target/lib" --disable-shared --enable-static --with-openssl \
    --with-ca-bundle=/etc/ssl/certs/ca-certificates.crt --without-zlib --without-zstd --without-brotli \
    --without-libpsl --without-libidn2 --without-nghttp2 --without-librtmp --without-libssh2 --without-gssapi \
    --disable-ldap \
    --disable-ldaps --disable-ftp --disable-file --disable-dict --disable-telnet --disable-tftp --disable-pop3 \
    --disable-imap --disable-smb --disable-smtp --disable-gopher --disable-mqtt --disable-rtsp --disable-manual \
    --disable-docs --disable-ntlm --disable-tls-srp --disable-cookies --disable-alt-svc --disable-hsts \
    --disable-netrc --disable-doh --disable-ares --enable-threaded-resolver
  quietly make -j "$jobs" -C lib libcurl.la
  install -m 644 lib/.libs/libcurl.a "$target/lib/"
  quietly make -C include install
)

fetch libmicrohttpd
(
  cd "$work/libmicrohttpd"
  [ -x configure ] || quietly autoreconf -fi
  quietly ./configure --prefix="$target" --libdir="$target/lib" --disable-shared --enable-static --disable-https \
    --disable-curl --disable-doc --disable-examples
  quietly make -j "$jobs" -C src/microhttpd
  quietly make -C src/microhttpd install
  quietly make -C src/include install
)

fetch_original qrencode
(
  cd "$work/qrencode"
  [ -x configure ] || quietly autoreconf -fi
  quietly ./configure --prefix="$target" --libdir="$target/lib" --disable-shared --enable-static --without-tools
  quietly make -j "$jobs"
  quietly make install
)

rm -rf "$work"
touch "$target/done"
