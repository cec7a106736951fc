#include "archive/readme.h"

namespace muniment {
namespace {

constexpr std::string_view kReadme = R"README(How to read this archive without the program that made it
==========================================================

This folder is an archive of evidence, kept by a program called muniment. You do
not need that program, nor any network, to check and read it. You need bash and:

    age        1.0 or later   https://age-encryption.org, Debian package "age"
    tar        GNU tar 1.2x, bsdtar or busybox
    sha256sum  GNU coreutils 8 or later

To check that nothing was altered you need no key at all. To read what is sealed
you need the key file of a person who may open it, and its passphrase.

Lines that start with a dollar sign are commands. Type them without it, in bash,
one after the other. Four values are yours to fill in:

    ARCHIVE   this folder, for instance /media/usb/archive
    KEYFILE   the key file of the person who opens
    DEPOSIT   the folder of one deposit, for instance
              /media/usb/archive/deposits/ab/abcd... (64 characters)
    OUT       an empty folder on a disk where nobody else looks

Is it the archive you mean?
---------------------------

The id of the archive is the SHA-256 of the file charter/1. Compare it with what
you were given by another way, on a card or in a letter:

    $ sha256sum "$ARCHIVE/charter/1"

The key of the compartment
--------------------------

What people sent in is sealed to the key of a compartment, "evidence". That key
lies in keyring/, sealed once for each person who may open it; the file is named
after that person's pseudonym. age asks for the passphrase of the key file:

    $ age -d -i "$KEYFILE" -o "$OUT/key" "$ARCHIVE"/keyring/1/evidence/custodian-1.age

One deposit: check it, open it
------------------------------

The third and the fourth command check: if anything is missing or altered, the
third says FAILED, and the fourth prints a difference (the name of the folder is
the digest of the receipt). Then stop, and look for another copy. The last one
opens. "set -o pipefail" is needed: without it a fault in the middle of the last
line goes unseen.

    $ set -o pipefail
    $ cd "$DEPOSIT"
    $ sha256sum -c receipt SHA256SUMS
    $ diff <(sha256sum < receipt | cut -c 1-64) <(basename "$PWD")
    $ printf '%s\0' header-0 part-* | xargs -0 cat | age -d -i "$OUT/key" | { tar x -C "$OUT" && cat >/dev/null; }

(sha256sum says of receipt that some lines are improperly formatted: those are
its lines of text, and that is as it should be. Every file must be "OK".)

Where the seals of a deposit were renewed it has header-1, header-2 and so on.
Then the one with the highest number stands in the place of header-0 in the last
line; header-0 and contents-0.age may be gone, and the third command fails for
these two. The digests of the newer ones are in an entry "muniment/reseal/v1" of
the log (see below).

Check what came out
-------------------

The files are now in a folder "bag-...", below "data". It is a BagIt bag (RFC
8493): its lists of digests must fit, its list of contents must be the one that
the receipt names, and the files must be those of the contents. Each of these
commands prints nothing when all is well:

    $ cd "$OUT"/bag-*/
    $ sha256sum -c --quiet manifest-sha256.txt tagmanifest-sha256.txt
    $ diff <(sha256sum < metadata/contents.jsonl | cut -c 1-64) <(grep ^contents "$DEPOSIT"/receipt | cut -c 10-)
    $ diff <(grep -o '"sha256":"[^"]*' metadata/contents.jsonl | cut -c 11- | sort) <(cut -c -64 manifest-*.txt | sort)

metadata/contents.jsonl says of each file what it was called, when it was last
changed, and what was odd about it when it was taken in ("defects"). A name that
some systems cannot keep was repaired in data/ and has a "~" and 16 digits in
it; its true form is in contents.jsonl.

The key opens every deposit of the compartment. Delete it when you have done:

    $ rm "$OUT/key"

Seals that withstand quantum computers
--------------------------------------

A header-0 with a line "-> mlkem768x25519" is sealed in a second way as well, so
that it stays closed when machines exist that break the first. These open it:

    age        1.3.0 or later (not 1.1.1 of Debian 12, nor 1.2.1 of Debian 13)
    reader/read_archive.py    with Python 3.9 or later and libcrypto (OpenSSL)
                              3.5 or later, for instance those of Debian 13

The script in the folder reader is short, to be read before it is run, and needs
nothing else. It opens all other seals as well, with libcrypto 3.0 or later. The
first command does what was done above under "The key of the compartment". The
second one opens a whole deposit into OUT and makes all the checks of this page
itself, before it shows anything:

    python3 reader/read_archive.py decrypt -i KEYFILE \
        keyring/1/evidence/custodian-1.age > key
    python3 reader/read_archive.py deposit -i key DEPOSIT -o OUT

Is anything missing?
--------------------

The folder tile/ holds a log (https://c2sp.org/tlog-tiles) to which every deposit
was added when it came in, and the file checkpoint its signed state. The first
line of checkpoint names the log, the second says how many entries there are. The
entries are plain text, each behind two bytes that give its length:

    $ find "$ARCHIVE"/tile/entries -type f -exec cat {} + | tr -cd '\12\40-\176'

Each entry "muniment/deposit/v1" is the file receipt of one deposit, byte for
byte, and the SHA-256 of those bytes is the name of the deposit's folder. An entry
whose folder is not there, and for which no later entry says why, is a loss or a
theft. An entry "muniment/accept/v1" is a custodian's signature under all entries
before it. One that starts "muniment/remove/v1" and is signed by enough people of
the charter names deposits that were removed: of these only receipt and
SHA256SUMS are here.

Nothing in this folder is secret but what is inside the sealed files. Copy it as
it is, with any program, to as many places as you can.
)README";

}  // namespace

std::string_view readme_text() { return kReadme; }

}  // namespace muniment
