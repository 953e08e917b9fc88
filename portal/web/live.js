// The live desk: text as it comes, levels, and acts of one key. An act means
// "now", or the line that is selected.
"use strict";
(() => {
	const b = window.bienban, link = b.link, t = b.t, rate = 16000;
	if (!link) return;
	const $ = id => document.getElementById(id);
	const vi = document.documentElement.lang === "vi";
	const scroll = $("scroll"), tenths = v => v.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

	// --- where the recordings stand ---
	const halls = new Map(); // recording → {status, at}
	let main = $("desk").dataset.recording; // the one that acts are placed in
	const mayMark = $("desk").dataset.mark === "true";

	// A capture that went silent before this page was opened is missed like one that goes silent now. A browser's microphone says nothing of itself.
	if (main && $("desk").dataset.heard === "true") halls.set(main, { status: { recording: main, seconds: 0, state: "" }, at: performance.now() });

	function sampleNow(h) {
		const age = h.status.state === "recording" || h.status.state === "paused" ? (performance.now() - h.at) / 1000 : 0;
		return Math.max(0, Math.round((h.status.seconds + Math.min(age, 5)) * rate));
	}
	// place is where an act happened: at the selected line, at the moment when
	// a form began to be filled in, or now. A pause or a phase begins now, whatever
	// is selected ("clock"). Without a recording it is the clock.
	link.place = (how, form) => {
		if (how === "clock") return now();
		if (selected && how !== "began") return { recording: $("text").dataset.recording, sample: Math.round(Number(selected.dataset.start) * rate) };
		if (how === "selected") { link.toast(t("livejs.select_first"), "warn"); return null; }
		if (how === "began" && form?.began) return form.began;
		return now();
	};
	function now() {
		const h = halls.get(main);
		return h && h.status.state !== "ended" ? { recording: main, sample: sampleNow(h) } : {};
	}
	document.addEventListener("input", e => { const f = e.target.form; if (f?.dataset.at === "began" && !f.began) f.began = selected ? link.place("now") : now(); });

	// --- what is typed and not sent yet ---
	// It stays with this tab, with its place: whoever reloads, goes to another page or
	// has to sign in anew finds it again. A form that is sent is reset, which ends it.
	const draftOf = f => `bienban.draft.${b.meeting}.${link.user}.${f.closest("[id]").id}.${f.dataset.act}`;
	const typedIn = f => [...f.elements].filter(x => x.name && x.matches("input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select"));
	document.addEventListener("input", e => {
		const f = e.target.form;
		if (f?.dataset.reset === undefined) return;
		const values = Object.fromEntries(typedIn(f).map(x => [x.name, x.value]));
		try { sessionStorage.setItem(draftOf(f), JSON.stringify({ values, began: f.began })); } catch { /* full or forbidden */ }
	});
	document.addEventListener("reset", e => { if (e.target.dataset.reset !== undefined) sessionStorage.removeItem(draftOf(e.target)); });
	for (const f of document.querySelectorAll("form[data-reset]")) {
		const d = JSON.parse(sessionStorage.getItem(draftOf(f)) || "null");
		if (!d) continue;
		for (const x of typedIn(f)) if (d.values[x.name] !== undefined && x.value !== d.values[x.name]) { x.value = d.values[x.name]; x.dataset.touched = ""; }
		f.began = d.began;
		if (f.parentElement.matches("details")) f.parentElement.open = true;
	}

	// --- levels, state, alarms ---
	const bars = new Map();
	link.on.capture = s => {
		halls.set(s.recording, { status: s, at: performance.now() });
		if (s.state !== "ended" && (!main || halls.get(main)?.status.state === "ended")) main = s.recording;
		if (s.state === "ended") link.refresh("live");
		if (s.recording === main || !halls.has(main)) { $("desk").classList.toggle("paused", s.state === "paused"); state(s); }
		meters(s);
		alarms();
	};
	function state(s) {
		const parts = [[`state ${s.state}`, `${t("livejs.state." + s.state)} ${link.clock(s.seconds)}`]];
		if (lag !== null) parts.push([lag >= 10 ? "bad" : "", t("livejs.behind", tenths(lag))]);
		const left = s.disk?.seconds;
		if (s.disk && s.disk.bytes >= 0) parts.push([left < 3600 ? "bad" : "", t("livejs.disk", left > 360000 ? "> 100" : left < 36000 ? tenths(left / 3600) : Math.round(left / 3600))]);
		if (s.power?.known && s.power.charge >= 0) parts.push([s.power.on_battery ? "bad" : "", t(s.power.on_battery ? "livejs.battery" : "livejs.mains", Math.round(s.power.charge))]);
		if (s.gaps) parts.push(["bad", b.n("livejs.gaps", s.gaps)]);
		const box = $("status");
		while (box.children.length > parts.length) box.lastChild.remove();
		parts.forEach(([cls, text], i) => {
			const el = box.children[i] || box.appendChild(document.createElement("span"));
			if (el.textContent !== text) el.textContent = text;
			if (el.className !== cls) el.className = cls;
		});
	}
	function meters(s) {
		const box = $("meters");
		(s.levels?.channels || []).forEach((c, i) => {
			const key = `${s.recording} ${i}`;
			let bar = bars.get(key);
			if (!bar) {
				const who = s.map?.channels?.find(m => m.channel === i + 1);
				bar = document.createElement("div");
				bar.className = "level-bar";
				bar.append(Object.assign(document.createElement("span"), { textContent: who?.person || who?.role || `${i + 1}` }), document.createElement("i"));
				bars.set(key, bar);
				box.append(bar);
			}
			bar.lastChild.style.transform = `scaleX(${Math.max(0, Math.min(1, (c.peak + 60) / 60))})`;
			bar.className = "level-bar" + (c.clipped ? " clipped" : "") + (c.dead ? " dead" : "");
		});
		if (s.state === "ended") for (const [k, el] of bars) if (k.startsWith(s.recording + " ")) { el.remove(); bars.delete(k); }
	}
	let shown = "";
	function alarms() {
		const all = []; // severity, text
		for (const { status: s, at } of halls.values()) {
			if (s.state !== "ended") for (const a of s.alarms || []) all.push([a.severity, vi ? a.vi : a.en]);
			// Ten levels a second come from a capture that lives.
			if (s.state !== "ended" && performance.now() - at > 5000 && !$("desk").classList.contains("away")) all.push(["urgent", t("livejs.silent", Math.round((performance.now() - at) / 1000))]);
		}
		const until = Number($("phase")?.dataset.until || 0);
		if (until && Date.now() > until) all.push(["", t("livejs.pause_over", Math.floor((Date.now() - until) / 60000))]);
		const key = JSON.stringify(all);
		if (key === shown) return;
		shown = key;
		$("alarms").replaceChildren(...all.map(([severity, text]) => Object.assign(document.createElement("p"), { className: "alarm " + severity, textContent: text })));
		document.title = (all.length ? "⚠ " : "") + document.title.replace(/^⚠ /, "");
	}
	setInterval(alarms, 2000);

	let lag = null;
	link.on.lag = l => {
		if (main && l.recording !== main) return;
		lag = l.lag;
	};

	// --- text ---
	const said = new Map(); // recording → provisional text
	link.on.said = s => {
		if (s.type !== "provisional") said.delete(s.recording); else if (s.from >= Number($("text").dataset.upto) || s.recording !== $("text").dataset.recording) said.set(s.recording, s.text);
		provisional();
	};
	function provisional() {
		const text = [...said.values()].join(" ");
		if ($("provisional").textContent === text) return;
		atEnd(() => { $("provisional").textContent = text; });
	}
	// atEnd changes the text and stays at its end, unless somebody reads further up.
	let free = false; // scrolled up by hand
	function atEnd(change) {
		change();
		if (!free && !selected) scroll.scrollTop = scroll.scrollHeight; else $("to-end").hidden = false;
	}
	scroll.addEventListener("scroll", () => {
		free = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight > 80;
		if (!free) $("to-end").hidden = true;
	}, { passive: true });
	$("to-end").addEventListener("click", () => { free = false; select(null); scroll.scrollTop = scroll.scrollHeight; });

	// append adds text that is final, as the server would have written it.
	function append(body) {
		const list = $("text");
		if (list.dataset.recording !== body.recording) return link.refresh("live-text");
		const rows = [];
		for (const s of body.segments || []) {
			if ($("s-" + s.id)) continue;
			const li = $("row-segment").content.firstElementChild.cloneNode(true);
			li.id = "s-" + s.id;
			li.dataset.start = s.start;
			if (s.struck) li.classList.add("struck");
			li.querySelector(".time").textContent = link.clock(s.start);
			li.querySelector(".speaker").textContent = s.speaker || speaking(body.recording, s);
			words(li.querySelector(".said"), s);
			rows.push([s.start, li]);
		}
		for (const c of body.coverage || []) {
			if (c.kind !== "gap" && c.kind !== "paused") continue;
			const li = $("row-gap").content.firstElementChild.cloneNode(true);
			li.classList.add(c.kind);
			li.dataset.start = c.from / rate;
			li.querySelector(".time").textContent = link.clock(c.from / rate);
			li.querySelector("p").textContent = t("livejs.gap." + c.kind, tenths((c.to - c.from) / rate));
			rows.push([c.from / rate, li]);
		}
		rows.sort((x, y) => x[0] - y[0]);
		link.outdated("live-text"); // an answer that is on its way may not have it
		atEnd(() => {
			list.append(...rows.map(r => r[1]));
			list.dataset.upto = body.to;
			said.delete(body.recording);
			provisional();
			while (list.children.length > 500) list.firstChild.remove();
		});
	}
	// speaking is who has the floor where something was said. What was said before they
	// had it, and who has it while the list of speakers is drawn anew, the server knows.
	function speaking(recording, s) {
		const floor = document.querySelector("#speakers .speaking"), behind = link.behind("live");
		if (!floor && !behind) return "";
		if (!behind && floor.dataset.recording === recording && (s.start + s.end) / 2 * rate >= Number(floor.dataset.sample)) return floor.querySelector("strong").textContent;
		link.refresh("live-text");
		return "";
	}
	// words marks those that the recogniser was unsure of.
	function words(p, s) {
		const tokens = s.text.split(/\s+/).filter(Boolean);
		if (tokens.length !== (s.words || []).length) { p.textContent = s.text; return; }
		tokens.forEach((w, i) => {
			if (i) p.append(" ");
			const sure = !(s.words[i].p > 0 && s.words[i].p < 0.5);
			p.append(sure ? w : Object.assign(document.createElement("mark"), { textContent: w }));
		});
	}

	// --- a selected line ---
	let selected = null;
	function select(li) {
		selected?.classList.remove("chosen");
		selected = li;
		const note = $("selected");
		note.hidden = !li;
		if (!li) return;
		li.classList.add("chosen");
		li.scrollIntoView({ block: "nearest" });
		note.textContent = t("livejs.selected", li.querySelector(".time")?.textContent || link.clock(Number(li.dataset.start)));
	}
	function move(step) {
		const all = [...$("text").querySelectorAll("li[data-start]")];
		const at = selected ? all.indexOf(selected) : all.length;
		const next = all[Math.max(0, at + step)];
		select(next || null);
		if (!next) scroll.scrollTop = scroll.scrollHeight;
	}
	$("text").parentElement.addEventListener("click", e => {
		if (window.getSelection()?.toString()) return;
		const li = e.target.closest("#text li[data-start]");
		select(li === selected ? null : li);
	});

	// --- a mark is dragged to another line, or moved by keys ---
	let dragged = null;
	// marked is the mark that keys move: the selected one, else the newest.
	const marked = () => selected?.classList.contains("mark") ? selected : [...$("text").querySelectorAll("li.mark")].at(-1);
	const shift = seconds => {
		const m = mayMark && marked();
		if (m) link.act("mark_changed", { id: m.dataset.mark, item: m.dataset.item, recording: $("text").dataset.recording, sample: Math.max(0, Math.round((Number(m.dataset.start) + seconds) * rate)) });
	};
	// removed takes away the selected mark or note.
	const remove = () => {
		const id = selected?.id.replace("row-", "");
		if (selected?.classList.contains("mark") && mayMark) link.act("mark_removed", { id });
		else if (selected?.classList.contains("noted")) link.act("note_removed", { id });
		else link.toast(t("livejs.select_mark"), "warn");
	};
	const markTo = (mark, li) => li && link.act("mark_changed", { id: mark.dataset.mark, item: mark.dataset.item, recording: $("text").dataset.recording, sample: Math.round(Number(li.dataset.start) * rate) });
	scroll.addEventListener("dragstart", e => { dragged = e.target.closest?.("li.mark"); if (dragged) e.dataTransfer.setData("text/plain", dragged.textContent); });
	scroll.addEventListener("dragover", e => {
		const li = dragged && e.target.closest("li.segment");
		for (const o of scroll.querySelectorAll(".over")) if (o !== li) o.classList.remove("over");
		if (li) { e.preventDefault(); li.classList.add("over"); }
	});
	scroll.addEventListener("drop", e => { e.preventDefault(); const li = e.target.closest("li.segment"); if (dragged && li) markTo(dragged, li); });
	scroll.addEventListener("dragend", () => { dragged = null; for (const o of scroll.querySelectorAll(".over")) o.classList.remove("over"); });
	document.addEventListener("keydown", e => {
		if (!e.altKey || !selected?.classList.contains("mark") || !mayMark || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
		e.preventDefault();
		let li = selected;
		do li = e.key === "ArrowUp" ? li.previousElementSibling : li.nextElementSibling; while (li && !li.classList.contains("segment"));
		markTo(selected, li);
	});

	// --- events ---
	link.on.event = e => {
		if (e.type === "final") return append(e.body);
		if (e.type === "recording_started" || e.type === "layer_adopted") { if (e.type === "recording_started") main = e.body.recording; link.refresh("live-text"); }
		if (e.body?.edits?.length || /^(mark|speaker|note|undo|item|phase|rehearsal|conflict|recording_stretches)/.test(e.type)) link.refresh("live-text");
		if (e.type === "rehearsal_discarded") { main = ""; said.clear(); }
		link.refresh("live");
	};
	link.on.refreshed = name => {
		if (name === "live") for (const f of document.querySelectorAll("form[data-present]")) check(f);
		if (name === "live-text") { $("behind").textContent = $("text").dataset.recording ? "" : t("livejs.no_recording"); if (selected && !selected.isConnected) select(null); selected?.classList.add("chosen"); atEnd(() => provisional()); }
		if (name === "live") { alarms(); showItem(); }
	};
	// The item that is under way is in sight in its list, however long the agenda; the page itself stays where it is.
	let shownItem = "";
	function showItem() {
		const li = document.querySelector(".live-item.current"), list = li?.closest(".live-items");
		if (!li || li.id === shownItem) return;
		shownItem = li.id;
		const box = list.scrollHeight > list.clientHeight + 1 ? list : list.closest(".column");
		box.scrollTop += li.getBoundingClientRect().top - box.getBoundingClientRect().top - (box.clientHeight - li.offsetHeight) / 2;
	}
	link.on.acted = (a, done) => { if (!/^(note|point_added)$/.test(a.kind)) link.toast(done.summary[vi ? "vi" : "en"]); };

	// --- what was left open: to the form in which it is put right ---
	function goTo(a) {
		const el = document.querySelector(a.getAttribute("href"));
		if (!el) return;
		const form = el.querySelector("details");
		if (form) form.open = true;
		el.scrollIntoView({ block: "nearest" });
		const fields = [...el.querySelectorAll("details input, details textarea, details select")];
		(fields.find(f => !f.value) || fields[0] || el.querySelector("button, summary"))?.focus();
	}
	document.addEventListener("click", e => {
		const a = e.target.closest?.("a[data-goto]");
		if (a?.getAttribute("href").startsWith("#")) { e.preventDefault(); goTo(a); }
	});

	// --- figures are checked while they are typed ---
	function check(form) {
		const v = name => Number(form.elements[name]?.value || 0), out = form.querySelector(".check-sum"), present = Number(form.dataset.present || 0);
		let text = "";
		if (form.elements.for) {
			const sum = v("for") + v("against") + v("abstain");
			if (present && sum > present) text = t("livejs.too_many", sum, present);
		} else if (form.elements.issued) {
			if (present && v("issued") > present) text = t("livejs.too_many_ballots", v("issued"), present);
			else if (v("returned") > v("issued")) text = t("livejs.returned", v("returned"), v("issued"));
			else if (v("returned") && v("valid") + v("invalid") !== v("returned")) text = t("livejs.valid", v("valid") + v("invalid"), v("returned"));
			const lines = form.elements.results.value.split("\n"), wrong = lines.findIndex(l => l.trim() && !/^[^;]+(;\s*\d*\s*(;\s*x?\s*)?)?$/i.test(l.trim()));
			if (wrong >= 0) text = t("livejs.results_line", wrong + 1);
			form.elements.results.setCustomValidity(wrong >= 0 ? text : ""); // it is not sent: figures that cannot be read would be none
		}
		if (out && out.textContent !== text) out.textContent = text;
	}
	document.addEventListener("input", e => { if (e.target.form?.matches(".vote-form, .election-form")) check(e.target.form); });
	for (const f of document.querySelectorAll(".vote-form, .election-form")) check(f); // what was typed before a reload

	// --- starting and stopping without leaving the page ---
	document.addEventListener("submit", async e => {
		const f = e.target;
		if (!f.action?.endsWith("/capture") || e.defaultPrevented) return;
		e.preventDefault();
		const button = e.submitter;
		button.disabled = true;
		try {
			const r = await fetch(f.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ do: button.value }) });
			const answer = await r.json();
			link.toast(answer.message, r.ok ? "" : "problem");
		} catch { link.toast(t("link.lost"), "problem"); }
		button.disabled = false;
		link.refresh("live", "", 500);
	});
	document.addEventListener("click", e => {
		const ask = e.target.closest?.("[data-ask]");
		if (ask && !confirm(ask.dataset.ask)) { e.preventDefault(); e.stopImmediatePropagation(); }
	}, true);

	// --- keys ---
	const press = el => { if (el && !el.disabled) el.click(); else if (el) link.toast(document.getElementById(el.getAttribute("aria-describedby"))?.textContent || t("livejs.not_now"), "warn"); };
	const openForm = (id, field) => { const d = $(id); if (!d) return; if (d.tagName === "DETAILS") d.open = true; d.scrollIntoView({ block: "nearest" }); const f = $(field); f?.focus(); if (f?.tagName === "INPUT") f.select(); };
	const keys = {
		m: () => press($("mark-next")), u: link.undo, n: () => openForm("notes", "note-text"), o: () => openForm("points", "point-text"),
		s: () => press(document.querySelector("#speakers .queue [data-act=speaker]")), f: () => openForm("speakers", "speaker-name"), q: () => openForm("speakers", "queue-name"),
		a: () => press($("all")), v: () => openForm("vote-new", "v-s-new"), e: () => openForm("election-new", "e-s-new"),
		w: () => press(document.querySelector("#results .publish")), t: () => openForm("attendance-more", "att-present"), d: () => { const a = document.querySelector("#points a[data-goto]"); if (a) a.click(); else press(document.querySelector("#points [data-act=point_closed]")); },
		k: () => press(document.querySelector("#conflicts [data-take=theirs]")), "shift+KeyK": () => press(document.querySelector("#conflicts [data-take=mine]")),
		g: () => press(document.querySelector("#phase [data-go]")), x: () => press($("step-closed")), y: () => press($("rehearsal")),
		"[": () => shift(-15), "]": () => shift(15), Delete: remove, "shift+Digit0": () => press($("nobody")),
		"+": () => press($("arrive")), "=": () => press($("arrive")), "-": () => press($("leave")),
		p: () => press($("pause") || $("resume")), c: () => press($("closed")), "shift+KeyP": () => $("pause-more")?.showModal(),
		r: () => press($("start-capture")), "shift+KeyR": () => press($("stop-capture")), "?": link.help, Escape: () => select(null), ArrowUp: () => move(-1), ArrowDown: () => move(1),
	};
	for (let i = 1; i <= 9; i++) {
		keys["Digit" + i] = () => press(document.querySelector(`[data-item-key="${i}"]`));
		keys["shift+Digit" + i] = () => press(document.querySelector(`[data-person-key="${i}"]`));
	}
	link.keys(keys);
	// Enter sends a note, Shift+Enter is a new line. An input method's own Enter is neither.
	document.addEventListener("keydown", e => {
		if (e.key === "Enter" && !e.shiftKey && !e.isComposing && e.keyCode !== 229 && e.target.matches("textarea[data-enter]")) { e.preventDefault(); e.target.form.requestSubmit(); }
	});
	atEnd(() => {});
	showItem();
	link.start();
})();
