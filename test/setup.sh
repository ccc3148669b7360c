#!/usr/bin/env bash
# Installs what building (build) or testing (test) Linecard needs from the distribution, and says what it installs.
# Does nothing, quickly, where everything is there. Root installs directly, anyone else through sudo.
set -euo pipefail

want=${1:?usage: setup.sh build|test}

# command-or-file to look for : package that brings it
build=(gcc:gcc g++:g++ pkg-config:pkg-config
	/usr/include/GL/gl.h:libgl1-mesa-dev /usr/include/X11/Xlib.h:xorg-dev /usr/include/xkbcommon/xkbcommon.h:libxkbcommon-dev)
peers=(kamailio:kamailio baresip:baresip sipp:sip-tester pulseaudio:pulseaudio paplay:pulseaudio-utils sox:sox
	Xvfb:xvfb dbus-daemon:dbus dbus-run-session:dbus gdbus:libglib2.0-bin dunst:dunst gnome-keyring-daemon:gnome-keyring
	debootstrap:debootstrap tcpdump:tcpdump xdotool:xdotool import:imagemagick xwininfo:x11-utils git:git
	/usr/lib/x86_64-linux-gnu/dri/swrast_dri.so:libgl1-mesa-dri node:nodejs npm:npm)

list=("${build[@]}")
[[ $want == test ]] && list+=("${peers[@]}")

missing=()
for entry in "${list[@]}"; do
	need=${entry%%:*} package=${entry##*:}
	if [[ $need == /* ]]; then
		[[ -e $need ]] && continue
		# The same file lives elsewhere on other architectures: ask the package manager.
		dpkg -s "$package" >/dev/null 2>&1 && continue
	else
		command -v "$need" >/dev/null || [[ -x /usr/sbin/$need ]] && continue
	fi
	[[ " ${missing[*]} " == *" $package "* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
	echo "Linecard needs these packages, and only knows apt: ${missing[*]}" >&2
	exit 1
fi
root=()
[[ $(id -u) == 0 ]] || root=(sudo)
echo "Installing with apt: ${missing[*]}"
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
