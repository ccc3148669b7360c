#!/usr/bin/env bash
# Installs a real Asterisk 22 into a chroot of Debian sid at ROOT, since bookworm has no package of it. It takes about half a
# minute and 600 MB once, and requires root. A mirror of sid may be older than its Valid-Until, hence the option.
# usage: install.sh ROOT
set -euo pipefail
root=$1
[ -x "$root/usr/sbin/asterisk" ] && exit 0
command -v debootstrap >/dev/null || { echo "debootstrap is not installed; run: test/setup.sh test" >&2; exit 1; }
for suite in sid bullseye; do # sid changes: when it does not install, bullseye has Asterisk 16
  work=$root.$$ # another folder, renamed at the end, so that a partial chroot is never used
  trap 'rm -rf "$work"' EXIT
  rm -rf "$work"
  if debootstrap --variant=minbase "$suite" "$work" >/dev/null &&
    chroot "$work" sh -c 'apt-get -o Acquire::Check-Valid-Until=false update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends asterisk &&
      apt-get clean' >/dev/null 2>&1; then
    rm -rf "$root" # a leftover without Asterisk
    mv "$work" "$root" 2>/dev/null || [ -x "$root/usr/sbin/asterisk" ] # another run was faster: use its chroot
    exit 0
  fi
done
echo "no Asterisk could be installed into $root" >&2
exit 1
