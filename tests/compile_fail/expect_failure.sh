#!/bin/sh
# The file compiles with -DGOOD, and with -DBAD it does not, for the reason that its line "// Fails with: REGEX" names.
# Usage: expect_failure.sh COMPILER ROOT FILE
set -eu
compiler=$1 root=$2 file=$3

compile() {
  LC_ALL=C "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror "-I$root/src" "$1" "$file" 2>&1
}

if ! output=$(compile -DGOOD); then
  printf '%s\nThe right use does not compile.\n' "$output"
  exit 1
fi
if output=$(compile -DBAD); then
  echo "The misuse compiles."
  exit 1
fi
reason=$(sed -n 's|^// Fails with: ||p' "$file")
[ -n "$reason" ] || { echo "The file does not say why it must fail."; exit 1; }
printf '%s\n' "$output" | grep -Eq "error: .*($reason)" || {
  printf '%s\nThe misuse fails for another reason than: %s\n' "$output" "$reason"
  exit 1
}
