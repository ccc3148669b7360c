#!/usr/bin/env bash
# Makes customer.wav from customer.ssml: the voice of espeak-ng, filtered to the telephone band, 8 kHz mono µ-law, so that the
# demo PBX can send it unchanged. Run it by hand after a change of the words; the WAV file is committed.
# needs: espeak-ng, sox
set -euo pipefail
cd "$(dirname "$0")"
espeak-ng -v en-us+f3 -s 160 -p 46 -m -f customer.ssml --stdout |
  sox -D -t wav - -t wav -e mu-law -r 8000 -c 1 customer.wav gain -6 highpass 200 lowpass 3400 norm -6 pad 0.3 0.9
