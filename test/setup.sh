#!/usr/bin/env bash
# Installs what is needed to build and test Linecard from the distribution, and prints what it installs. It is quick and
# silent when nothing is missing.
# usage: setup.sh build   a C compiler and the headers of X11 and OpenGL, which the window is drawn with
#        setup.sh windows the same and a C compiler for Windows
#        setup.sh test    the same and the peers of the tests: phones, PBXs, a sound server, a desktop, Node.js
set -euo pipefail

build=(gcc libc6-dev pkg-config libgl-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev)
peers=(
  kamailio kamailio-tls-modules netbase baresip-core linphone-cli twinkle-console sip-tester # SIP; Kamailio reads /etc/protocols
  coturn                           # a STUN server
  debootstrap                      # Asterisk 22, in a chroot of sid: see test/rig/asterisk/install.sh
  pulseaudio pulseaudio-utils libasound2-plugins sox # sound through null sinks
  xvfb xauth x11-utils x11-xserver-utils imagemagick # a screen, and pictures of it
  sipvicious                       # scanners that ring phones
  dbus dbus-bin dbus-daemon dunst gnome-keyring      # a desktop session
  tcpdump procps                   # measurements from outside
  iproute2 util-linux              # a network namespace
)

case ${1-} in
build) wanted=("${build[@]}") ;;
windows) wanted=("${build[@]}" gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64) ;;
test) wanted=("${build[@]}" "${peers[@]}") ;;
*) sed -n 's/^# usage: //p;s/^#        //p' "$0" >&2; exit 2 ;;
esac
[ "$(uname)" = Linux ] || exit 0 # other systems need only a C compiler; the tests with peers run on Linux

# npm may come from another source than Debian: look for the command
if [ "$1" = test ] && ! command -v npm >/dev/null; then wanted+=(nodejs npm); fi

if ! command -v dpkg-query >/dev/null; then
  command -v gcc >/dev/null && [ -e /usr/include/GL/gl.h ] && [ "$1" = build ] && exit 0
  echo "This is not Debian or Ubuntu. Install the contents of these packages: ${wanted[*]}" >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }; } # apt prints much that is not needed
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
for package in "${wanted[@]}"; do
  grep -qx "installed $package" <<<"$installed" || missing+=("$package")
done
if ((${#missing[@]})); then
  echo "Installing from the distribution: ${missing[*]}"
  quietly as_root apt-get update -q
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

if [ "$1" = test ]; then
  asterisk=${LINECARD_ASTERISK:-/var/cache/linecard-asterisk}
  if [ ! -x "$asterisk/usr/sbin/asterisk" ]; then
    echo "Installing Asterisk into $asterisk, a chroot of Debian sid (about 600 MB, half a minute)"
    as_root mkdir -p "$(dirname "$asterisk")"
    quietly as_root bash "$(dirname "$0")/rig/asterisk/install.sh" "$asterisk"
  fi
fi
