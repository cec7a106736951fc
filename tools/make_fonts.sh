#!/bin/sh
# Makes src/print/fonts anew from Debian's fonts-dejavu-core with python3-fonttools: the letters of our pages, without
# hints and substitutions. What it makes is kept in the sources, so that a build needs neither.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
letters=20-7E,A0-FF,401,404,406,407,40E,410-44F,451,454,456,457,45E,490,491
letters=$letters,2013,2014,2018-201E,2022,2026,2116,2190,2192,25A1
for pair in DejaVuSans:regular DejaVuSans-Bold:bold; do
  /usr/bin/python3 -m fontTools.subset "/usr/share/fonts/truetype/dejavu/${pair%%:*}.ttf" \
    --output-file="$here/src/print/fonts/${pair##*:}.ttf" --no-hinting --desubroutinize --layout-features= \
    --drop-tables+=FFTM,MATH,GDEF,GPOS,GSUB,kern,post,OS/2,gasp --no-recalc-timestamp --name-IDs=0,13 --notdef-outline \
    --unicodes="$letters"
done
