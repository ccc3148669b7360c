#!/usr/bin/env bash
# Takes the README's pictures: the real window under Xvfb, in the demo's scenes, light and dark.
#   test/pictures.sh [DIR]     DIR is docs/pictures by default; build bin/linecard first
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/pictures}
mkdir -p "$out"

if [[ -z ${LINECARD_PICTURES_INSIDE:-} ]]; then
	# The screen is as large as the window, so the pictures need no cropping. Without -noreset the server restarts whenever the last
	# program leaves it, and the next one may find nobody there.
	LINECARD_PICTURES_INSIDE=1 exec xvfb-run -a -s '-screen 0 1120x700x24 -noreset' "$0" "$out"
fi
export LINECARD_SECRETS=memory LANG=en_US.UTF-8
# There is no session bus: a notification would cover the record.
export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent

# A headset that does not exist.
pulse=$(mktemp -d)
export XDG_RUNTIME_DIR=$pulse PULSE_RUNTIME_PATH=$pulse PULSE_STATE_PATH=$pulse PULSE_SERVER=unix:$pulse/native
cat >"$pulse/default.pa" <<PA
load-module module-native-protocol-unix socket=$pulse/native auth-anonymous=1
load-module module-null-sink sink_name=headset sink_properties=device.description=Headset rate=48000 channels=1
load-module module-remap-source master=headset.monitor source_name=mic source_properties=device.description=Headset
set-default-sink headset
set-default-source mic
PA
pulseaudio -n -F "$pulse/default.pa" --daemonize=no --exit-idle-time=-1 --use-pid-file=no >/dev/null 2>&1 &
pulse_pid=$!
pid=
trap 'kill $pid $pulse_pid 2>/dev/null || true; rm -rf "$pulse"' EXIT

# seen PATTERN COMMAND…: waits until the command prints the pattern.
seen() {
	local pattern=$1 tries=0
	shift
	until "$@" 2>/dev/null | grep -q -- "$pattern"; do
		((++tries < 300)) || { echo "did not appear: $pattern" >&2; exit 1; }
		sleep 0.1
	done
}

# shot NAME: takes the picture once two consecutive ones are equal, so that nothing is half drawn. Clocks change, so it tries only a few times.
shot() {
	local before= now=
	for _ in 1 2 3 4 5 6 7 8; do
		sleep 0.25
		import -window root "$out/$1.png"
		now=$(identify -format '%#' "$out/$1.png")
		[[ $now != "$before" ]] || break
		before=$now
	done
	# An empty or black window has few colours.
	(($(identify -format '%k' "$out/$1.png") > 100)) || { echo "$1.png is empty" >&2; exit 1; }
	echo "$out/$1.png"
}

for theme in light dark; do
	data=$(mktemp -d)
	printf '[appearance]\ntheme = "%s"\n' "$theme" >"$data/settings.toml"
	app() { bin/linecard --data "$data" "$@"; }
	app --demo 2>/dev/null &
	pid=$!
	seen '"phase":"ringing".*"state":"one"' app calls --json
	seen '"opportunities"' app calls --json
	shot "incoming-$theme"
	app answer
	seen '"phase":"talking"' app calls --json
	app note 'Asked for renewal pricing on 40 seats. Wants the quote by Friday.'
	shot "talking-$theme"
	app hold
	seen '"phase":"held"' app calls --json
	shot "held-$theme"
	app resume
	app note 'Asked for renewal pricing on 40 seats. Wants the quote by Friday.' --outcome 'Call back'
	app hangup
	seen '"phase":"wrap-up".*"state":"logged"' app calls --json
	shot "wrap-up-$theme"
	app save
	seen '^\[\]$' app calls --json
	shot "idle-$theme"
	app demo-scene 'Many matches'
	seen '"state":"many"' app calls --json
	shot "many-$theme"
	app decline
	app quit
	wait "$pid"
	pid=
	rm -rf "$data"
done
