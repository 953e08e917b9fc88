// A computer as a microphone of the hall. The page only shows and asks; a worker
// keeps and sends the sound, so that neither a busy page nor a cut network costs
// a word. After a reload it goes on by itself.
"use strict";
(() => {
	const b = window.bienban, t = b.t, $ = id => document.getElementById(id), root = $("mic");
	if (!$("mic-start")) return;
	const key = `bienban.mic.${b.meeting}.${root.dataset.user}`;
	let worker = null, context = null, track = null, rate = 0;

	function problem(text) { $("mic-problem").textContent = text; $("mic-problem").hidden = !text; }
	async function devices() {
		const list = await navigator.mediaDevices?.enumerateDevices?.() || [];
		const select = $("mic-device"), was = select.value;
		while (select.options.length > 1) select.remove(1);
		for (const d of list) if (d.kind === "audioinput" && d.deviceId && d.deviceId !== "default") select.append(new Option(d.label || t("micjs.unnamed"), d.deviceId));
		select.value = was;
	}

	async function start(again) {
		problem("");
		if (!navigator.mediaDevices) return problem(t("micjs.insecure"));
		$("mic-start").disabled = true;
		try {
			// Only one tab of this browser is the microphone.
			if (!await lock()) throw new Error(t("micjs.other_tab"));
			await navigator.storage.persist?.();
			const device = again?.device || $("mic-device").value;
			// What browsers do for telephone calls would spoil the record and the recognition.
			const stream = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: device ? { exact: device } : undefined, echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 } });
			track = stream.getAudioTracks()[0];
			rate = track.getSettings().sampleRate || 48000;
			context = new AudioContext({ sampleRate: rate, latencyHint: "playback" });
			rate = context.sampleRate;
			if (context.state === "suspended") await context.resume();
			let saved = again && again.rate === rate ? again : null; // another rate is another stream
			if (!saved) saved = { stream: b.id(), rate, device, label: track.label };
			localStorage.setItem(key, JSON.stringify(saved));
			await context.audioWorklet.addModule(root.dataset.worklet);
			worker = new Worker(root.dataset.worker);
			worker.onmessage = heard;
			worker.postMessage({ open: { url: `/m/${b.meeting}/microphone/${saved.stream}`, stream: saved.stream, rate, label: track.label } });
			await new Promise((ok, no) => { worker.addEventListener("message", function first(e) { if (e.data.ready) { worker.removeEventListener("message", first); ok(); } if (e.data.problem) no(new Error(e.data.problem)); if (e.data.ended) no(new Error("ended")); }); });
			const gather = new AudioWorkletNode(context, "gather", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
			const pipe = new MessageChannel();
			gather.port.postMessage({ port: pipe.port1 }, [pipe.port1]);
			worker.postMessage({ port: pipe.port2 }, [pipe.port2]);
			context.createMediaStreamSource(stream).connect(gather);
			track.addEventListener("ended", () => problem(t("micjs.gone")));
			track.addEventListener("mute", () => problem(t("micjs.muted")));
			track.addEventListener("unmute", () => problem(""));
			$("mic-start").hidden = true; $("mic-stop").hidden = false; $("mic-on").hidden = false;
			state(true);
			navigator.wakeLock?.request("screen").catch(() => {});
			devices();
		} catch (e) {
			worker?.terminate();
			track?.stop();
			release?.();
			if (again && e.message === "ended") { localStorage.removeItem(key); $("mic-start").disabled = false; return start(null); }
			problem(e.name === "NotAllowedError" ? t("micjs.denied") : e.name === "NotFoundError" ? t("micjs.none") : e.message);
		}
		$("mic-start").disabled = false;
	}
	let release = null;
	const lock = () => new Promise(got => {
		if (!navigator.locks) return got(true);
		navigator.locks.request(key, { ifAvailable: true }, l => { got(!!l); return l ? new Promise(f => { release = f; }) : null; });
	});

	function state(linked) { $("mic-state").textContent = t(linked ? "micjs.on" : "micjs.away"); $("mic-state").className = linked ? "" : "bad"; }
	let gaps = 0;
	function heard({ data: m }) {
		if (m.link !== undefined) state(m.link);
		if (m.level !== undefined) $("mic-level").style.transform = `scaleX(${Math.max(0, Math.min(1, (20 * Math.log10(m.level || 1e-6) + 60) / 60))})`;
		if (m.end !== undefined) {
			const s = Math.floor(m.end / rate);
			$("mic-clock").textContent = `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
			root.dataset.end = m.end; root.dataset.stored = m.stored;
		}
		if (m.kept !== undefined) $("mic-kept").textContent = t("micjs.kept", (Math.max(0, m.kept) / rate).toFixed(1));
		if (m.gap) { gaps++; root.dataset.gaps = gaps; problem(t("micjs.gap", m.gap.toFixed(1))); }
		if (m.refused) problem(m.refused === 401 ? t("micjs.signed_out") : t("micjs.refused", m.refused));
		if (m.problem) problem(m.problem);
		if (m.ended && !$("mic-stop").hidden) problem(t("micjs.ended"));
		if (m.done) location.reload();
	}
	$("mic-start").addEventListener("click", () => start(null));
	$("mic-stop").addEventListener("click", () => {
		if (!confirm(t("micjs.stop_confirm"))) return;
		$("mic-stop").disabled = true;
		$("mic-state").textContent = t("micjs.sending");
		track.stop();
		localStorage.removeItem(key);
		worker.postMessage({ stop: true });
	});
	addEventListener("beforeunload", e => { if (worker && !$("mic-stop").disabled) e.preventDefault(); });
	devices();
	navigator.mediaDevices?.addEventListener?.("devicechange", devices);
	const before = localStorage.getItem(key);
	if (before) start(JSON.parse(before));
})();
