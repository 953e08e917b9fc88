#!/usr/bin/env bash
# Makes sure that the system packages are there which the build and the tests need.
# Installs what is missing by apt when it may (root, or sudo without a password);
# else names them in one line and fails.
set -euo pipefail
need=() wish=()
want() { # want PACKAGE TEST...: PACKAGE is needed when TEST fails
	local package=$1
	shift
	"$@" >/dev/null 2>&1 || need+=("$package")
}
# like: as want, but what needs it says so and is left out where there is none (Ubuntu has no chromium package).
like() {
	local package=$1
	shift
	"$@" >/dev/null 2>&1 || wish+=("$package")
}
want g++ command -v g++
want make command -v make
want cmake command -v cmake
want patch command -v patch
want ninja-build command -v ninja
want pkg-config command -v pkg-config
want portaudio19-dev pkg-config --exists portaudio-2.0
want python3-venv python3 -c 'import ensurepip'
want python3-pip python3 -m pip --version
if [ "${1:-}" = test ]; then
	want poppler-utils command -v pdftotext
	want sox command -v sox
	want ffmpeg command -v ffmpeg
	want postgresql sh -c 'ls /usr/lib/postgresql/*/bin/initdb' # internal/sqlstore on a server of its own
	want dbus-daemon command -v dbus-daemon # internal/inhibit against a real bus
	like chromium sh -c 'command -v chromium || command -v chromium-browser || command -v google-chrome' # portal in a real browser
	want libasound2-data test -f /usr/share/alsa/alsa.conf # microphones made of ALSA's file plugin
fi
for tool in go npm python3; do
	command -v "$tool" >/dev/null || {
		echo "bienban needs $tool, which is not installed: Go 1.26 or newer, Python 3.10 or newer and npm come first (README.md, section Try it)" >&2
		exit 1
	}
done
[ $((${#need[@]} + ${#wish[@]})) -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
fi
if ! command -v apt-get >/dev/null || [ "${as_root[0]:-}" = false ]; then
	[ ${#wish[@]} -eq 0 ] || echo "tests in a browser are left out without: ${wish[*]}" >&2
	[ ${#need[@]} -eq 0 ] && exit 0
	echo "please install these packages, then try again: ${need[*]}" >&2
	exit 1
fi
echo "system packages: installing ${need[*]} ${wish[*]}"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
install() { "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@"; }
{ "${as_root[@]}" apt-get update -qq && { [ ${#need[@]} -eq 0 ] || install "${need[@]}"; }; } >"$log" 2>&1 || {
	tail -n 8 "$log" >&2
	echo "apt-get could not install: ${need[*]}" >&2
	exit 1
}
[ ${#wish[@]} -eq 0 ] || install "${wish[@]}" >"$log" 2>&1 ||
	echo "apt-get could not install ${wish[*]}: tests in a browser are left out" >&2
rm -f "$log"
