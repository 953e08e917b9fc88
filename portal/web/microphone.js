// A computer as a microphone of the hall. The page only shows and asks; a worker
// keeps and sends the sound, so that neither a busy page nor a cut network costs
// a word. After a reload it goes on by itself; when the meeting is closed it
// switches off and sends the rest.
"use strict";
(() => {
	const b = window.bienban, t = b.t, $ = id => document.getElementById(id), root = $("mic");
	const start = $("mic-start"), stop = $("mic-stop"), onlyRest = root.dataset.rest !== undefined;
	if (!start && !onlyRest) return;
	const key = `bienban.mic.${b.meeting}.${root.dataset.user}`;
	let worker = null, context = null, track = null, rate = 0, release = null, leaving = false;

	// What is kept of a stream across reloads: its name, rate and microphone; and
	// where the rest goes once its recording has ended (to, base).
	const saved = () => JSON.parse(localStorage.getItem(key) || "null");
	const save = s => s ? localStorage.setItem(key, JSON.stringify(s)) : localStorage.removeItem(key);

	function problem(text) { $("mic-problem").textContent = text; $("mic-problem").hidden = !text; }
	function state(text, bad = false) { $("mic-state").textContent = text; $("mic-state").className = bad ? "bad" : ""; }
	const tenths = v => v.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

	async function devices() {
		const list = await navigator.mediaDevices?.enumerateDevices?.() || [], select = $("mic-device");
		if (!select) return;
		const was = select.value;
		while (select.options.length > 1) select.remove(1);
		for (const d of list) if (d.kind === "audioinput" && d.deviceId && d.deviceId !== "default") select.append(new Option(d.label || t("micjs.unnamed"), d.deviceId));
		select.value = was;
	}

	// Only one tab of this browser is the microphone.
	const lock = () => release ? true : new Promise(got => {
		if (!navigator.locks) return got(true);
		navigator.locks.request(key, { ifAvailable: true }, l => { got(!!l); return l ? new Promise(f => { release = () => { release = null; f(); }; }) : null; });
	});

	// sender begins the worker on a stream; it sends at once what this browser still has of it.
	const sender = s => new Promise((ok, no) => {
		worker?.terminate();
		worker = new Worker(root.dataset.worker);
		rate = s.rate;
		worker.onmessage = e => {
			heard(e.data);
			if (e.data.ready) ok();
			if (e.data.ended) no(new Error("ended"));
			if (e.data.problem) no(new Error(e.data.problem));
		};
		worker.postMessage({ open: { url: `/m/${b.meeting}/microphone/`, stream: s.stream, to: s.to || s.stream, base: s.base || 0, rate: s.rate, label: s.label } });
	});

	async function on() {
		problem("");
		if (!navigator.mediaDevices) return problem(t("micjs.insecure"));
		start.disabled = true;
		const before = saved();
		try {
			if (!await lock()) throw new Error(t("micjs.other_tab"));
			await navigator.storage.persist?.();
			const device = before?.device || $("mic-device").value;
			// What browsers do for telephone calls would spoil the record and the recognition.
			const stream = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: device ? { exact: device } : undefined, echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 } });
			track = stream.getAudioTracks()[0];
			context = new AudioContext({ sampleRate: track.getSettings().sampleRate || 48000, latencyHint: "playback" });
			if (context.state === "suspended") await context.resume();
			let s = before;
			if (s && s.rate !== context.sampleRate) { await rest(s); s = null; } // another rate is another stream
			s ??= { stream: b.id(), rate: context.sampleRate, device, label: track.label };
			save(s);
			await context.audioWorklet.addModule(root.dataset.worklet);
			await sender(s);
			const gather = new AudioWorkletNode(context, "gather", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
			const pipe = new MessageChannel();
			gather.port.postMessage({ port: pipe.port1 }, [pipe.port1]);
			worker.postMessage({ port: pipe.port2 }, [pipe.port2]);
			context.createMediaStreamSource(stream).connect(gather);
			track.addEventListener("ended", () => problem(t("micjs.gone")));
			track.addEventListener("mute", () => problem(t("micjs.muted")));
			track.addEventListener("unmute", () => problem(""));
			start.hidden = true; stop.hidden = false; $("mic-on").hidden = false;
			state(kept());
			navigator.wakeLock?.request("screen").catch(() => {});
			devices();
		} catch (e) {
			off();
			start.disabled = false;
			if (e.message === "ended") { save(null); return before ? on() : problem(t("micjs.ended")); }
			problem(e.name === "NotAllowedError" ? t("micjs.denied") : e.name === "NotFoundError" ? t("micjs.none") : e.name === "OverconstrainedError" ? t("micjs.gone") : e.message);
			if (e.name === "OverconstrainedError") { delete before.device; save(before); }
			if (before && release) { sender(before).catch(() => {}); $("mic-on").hidden = false; } else release?.();
		}
		start.disabled = false;
	}
	// off lets the microphone go; what it heard is with the worker.
	function off() {
		track?.stop();
		context?.close().catch(() => {});
		track = context = null;
	}

	// rest sends what is left of a stream and ends it, without a microphone.
	async function rest(s) {
		try {
			await sender(s);
			await new Promise(done => { worker.addEventListener("message", e => { if (e.data.done) done(); }); worker.postMessage({ stop: true }); });
		} catch (e) { if (e.message !== "ended") throw e; }
		save(null);
	}

	// finish switches off, sends the rest, and shows the page as it is then.
	function finish(text) {
		if (leaving) return;
		leaving = true;
		if (stop) stop.disabled = true;
		off();
		state(text);
		worker.postMessage({ stop: true });
	}

	// kept says what becomes of what is heard: in a pause and a closed part nothing of it is kept.
	const kept = () => t(document.querySelector("#meeting-phase :is(.phase-recess, .phase-closed_part)") ? "micjs.paused" : "micjs.on");

	let gaps = 0;
	function heard(m) {
		if (m.link !== undefined && !leaving) state(m.link && track ? kept() : t(m.link ? "micjs.sending" : "micjs.away"), !m.link);
		if (m.level !== undefined) $("mic-level").style.transform = `scaleX(${Math.max(0, Math.min(1, (20 * Math.log10(m.level || 1e-6) + 60) / 60))})`;
		if (m.end !== undefined) {
			const s = Math.floor(m.end / rate), two = v => String(v % 60).padStart(2, "0");
			if ($("mic-clock")) $("mic-clock").textContent = `${Math.floor(s / 3600)}:${two(Math.floor(s / 60))}:${two(s)}`;
			root.dataset.end = m.end; root.dataset.stored = m.stored;
		}
		if (m.kept !== undefined) $("mic-kept").textContent = t("micjs.kept", tenths(Math.max(0, m.kept) / rate));
		if (m.gap) { gaps++; root.dataset.gaps = gaps; problem(t("micjs.gap", tenths(m.gap))); }
		if (m.refused) problem(m.refused === 401 ? t("micjs.signed_out") : t("micjs.refused", m.refused));
		if (m.problem) problem(m.problem);
		if (m.moved) { save({ ...saved(), ...m.moved }); if (track) finish(t("micjs.ended")); }
		if (m.ended && track && !leaving) { off(); save(null); release?.(); state(""); problem(t("micjs.ended")); stop.hidden = true; start.hidden = false; }
		if (m.over && track) finish(t("micjs.over"));
		if (m.done && leaving) { save(null); location.reload(); }
	}

	start?.addEventListener("click", on);
	stop?.addEventListener("click", () => { if (confirm(t("micjs.stop_confirm"))) finish(t("micjs.sending")); });
	addEventListener("beforeunload", e => { if (worker && track) e.preventDefault(); });
	// The phase and "rehearsal" stand in the meeting's bar.
	b.follow(Number(root.dataset.seq), { async event(e) {
		if (!/^(phase_changed|paused|resumed|rehearsal)/.test(e.type)) return;
		const r = await b.asked("parts/bar").catch(() => null);
		if (r?.ok) $("meeting-phase").outerHTML = await r.text();
		if (track && !leaving) state(kept());
		const to = e.body?.body?.to; // whether a microphone can be switched on here changes with the close
		if (!worker && to && (to === "closed" ? start : !start)) location.reload();
	} });
	devices();
	navigator.mediaDevices?.addEventListener?.("devicechange", devices);
	const before = saved();
	if (before && onlyRest) { state(t("micjs.sending")); lock().then(mine => mine && rest(before)).then(() => state(t("micjs.sent"))).catch(e => problem(e.message)); } else if (before) on();
})();
