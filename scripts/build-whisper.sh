#!/usr/bin/env bash
# Builds whisper.cpp once, as static libraries with our changes (scripts/whisper.cpp.patch),
# into $1 (include, lib). With "cli" as $2 it builds whisper-cli instead, into $1/bin: the
# same source as whisper.cpp itself builds it, to measure against. With "cli-llamafile": the same
# with our option, without our changes, to see what is the option's and what is ours.
# The source comes from the npm package nodejs-whisper (MIT), which carries whisper.cpp
# 1.9.1 whole: a package registry is reachable in places where a git host is not.
# BIENBAN_PORTABLE=1 builds for any x86-64 machine instead of this one (slower).
set -euo pipefail
prefix=$1 what=${2:-library}
package=nodejs-whisper version=0.3.1
# SHA-256 of the archive, so that a changed package is noticed.
sum=92041caf2b26c74b7f489fedf37bd093f216eebd61df512045ec2d19d0531d37
work=$(dirname "$prefix")
patch=$PWD/scripts/whisper.cpp.patch
stamp="$prefix/.built-$package-$version-${BIENBAN_PORTABLE:-0}-$what-2"
[ "$what" != library ] || stamp+="-$(sha256sum <"$patch" | cut -c1-12)"
[ -e "$stamp" ] && exit 0
mkdir -p "$work"
src="$work/whisper.cpp-$what"
archive="$work/$package-$version.tgz"
if ! echo "$sum  $archive" | sha256sum --status -c - 2>/dev/null; then
	echo "whisper.cpp: fetching its source ($package@$version from npm, 6 MB)"
	(cd "$work" && npm pack "$package@$version" --silent >/dev/null)
	echo "$sum  $archive" | sha256sum --quiet -c - || {
		echo "whisper.cpp: $archive is not the archive that was reviewed; delete it and try again" >&2
		exit 1
	}
fi
rm -rf "$src" && mkdir -p "$src"
tar xzf "$archive" -C "$src" --strip-components=3 package/cpp/whisper.cpp
target=whisper-cli llamafile=ON
[ "$what" != cli ] || llamafile=OFF
if [ "$what" = library ]; then
	target=whisper
	patch -d "$src" -p1 --quiet --forward <"$patch"
fi
echo "whisper.cpp: building $target (about a minute on two cores)"
generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
log="$work/whisper.cpp-build.log"
# GGML_LLAMAFILE: blocked matrix products; off by default in whisper.cpp, and a third of the
# processor time of a base f16 decode (18.6 to 12.4 s for the 125 s of council-demo).
{
	cmake -S "$src" -B "$src/build" "${generator[@]}" \
		-DCMAKE_BUILD_TYPE=Release \
		-DBUILD_SHARED_LIBS=OFF -DWHISPER_BUILD_TESTS=OFF -DWHISPER_BUILD_SERVER=OFF \
		-DGGML_NATIVE="$([ "${BIENBAN_PORTABLE:-0}" = 1 ] && echo OFF || echo ON)" -DGGML_OPENMP=ON -DGGML_LLAMAFILE="$llamafile"
	cmake --build "$src/build" -j "$(nproc)" --target "$target"
} >"$log" 2>&1 || {
	tail -n 15 "$log" >&2
	echo "whisper.cpp: the build failed; the whole log is in $log" >&2
	exit 1
}
# Copied by hand: cmake --install wants targets that we do not build.
mkdir -p "$prefix"/{bin,lib,include}
if [ "$what" != library ]; then
	cp "$src/build/bin/whisper-cli" "$prefix/bin/whisper-$what"
else
	find "$src/build" -name 'lib*.a' ! -name libcommon.a -exec cp {} "$prefix/lib/" \;
	cp "$src"/include/*.h "$src"/ggml/include/*.h "$prefix/include/"
fi
rm -rf "$src"
touch "$stamp"
