// Recorded sound of a page: plays from a word, and says where it is.
"use strict";
(() => {
	const audio = document.getElementById("audio");
	if (!audio) return;
	const watchers = [];
	let stop = 0, frame = 0, began = 0, silences = () => [];
	const silence = 2, lead = 0.5; // s: what is passed over is longer than that; so much of its end is heard
	const sound = window.bienban.sound = {
		get at() { return audio.currentTime; },
		get speed() { return audio.playbackRate; },
		get playing() { return !audio.paused; },
		// began is where playing was begun: nothing before it was heard.
		get began() { return Math.min(began, audio.currentTime); },
		// play plays from a second on, and for so many seconds where that is said.
		play(from = audio.currentTime, seconds = 0) {
			stop = seconds ? from + seconds : 0;
			began = Math.max(0, from);
			if (Math.abs(audio.currentTime - from) > 0.02) audio.currentTime = Math.max(0, from);
			return audio.play().catch(() => { /* another order came first */ });
		},
		pause() { stop = 0; audio.pause(); },
		toggle() { if (audio.paused) sound.play(); else sound.pause(); },
		back(seconds) { audio.currentTime = Math.max(0, audio.currentTime - seconds); tell(); },
		rate(r) { audio.playbackRate = r; audio.defaultPlaybackRate = r; },
		// silences gives [from, to] of stretches in which nobody speaks; skip passes over them.
		skip: true,
		silences(f) { silences = f; },
		// watch is called with the second that is heard, some times a second.
		watch(f) { watchers.push(f); },
		// more says that there are so many samples now.
		more(samples) {
			if (samples <= Number(new URL(audio.src).searchParams.get("to")) || !audio.paused) return;
			const at = audio.currentTime;
			audio.src = audio.src.replace(/to=\d+/, "to=" + samples);
			audio.currentTime = at;
		},
	};
	function passOver() { // but not one within which playing was begun
		const at = audio.currentTime, s = silences().find(([from, to]) => to - from > silence && at >= from && at < to - lead && !(began > from && began < to));
		if (s) audio.currentTime = s[1] - lead;
	}
	function tell() {
		if (sound.skip && !audio.paused && !stop) passOver();
		for (const f of watchers) f(audio.currentTime, !audio.paused);
		if (stop && audio.currentTime >= stop) sound.pause();
	}
	function tick() {
		tell();
		frame = audio.paused ? 0 : requestAnimationFrame(tick);
	}
	audio.addEventListener("play", () => { if (!frame) frame = requestAnimationFrame(tick); });
	for (const name of ["pause", "seeked", "ended", "timeupdate"]) audio.addEventListener(name, tell);
})();
