// The review: text over sound. A line is read, heard and corrected; what a
// person types is kept in this browser until the server has it, and no line that
// somebody is typing into is ever drawn again.
"use strict";
(() => {
	const b = window.bienban, link = b.link, sound = b.sound, t = b.t;
	if (!link) return;
	const $ = id => document.getElementById(id);
	const desk = $("desk"), text = $("text"), scroll = $("scroll");
	const recording = desk.dataset.recording, mayEdit = desk.dataset.edit === "true";
	const choices = JSON.parse($("choices").textContent);
	const rows = () => [...text.querySelectorAll("li.segment")];
	const said = li => li.querySelector(".said");

	// --- the current line, and more of them ---
	let current = null, chosen = [];
	function go(li, { scrolled = true, more = false } = {}) {
		if (!li) return;
		if (!more) { for (const o of chosen) o.classList.remove("chosen"); chosen = []; }
		current?.classList.remove("current");
		current = li;
		li.classList.add("current", "chosen");
		if (!chosen.includes(li)) chosen.push(li);
		if (scrolled) li.scrollIntoView({ block: "nearest", behavior: "instant" });
	}
	const ids = () => (chosen.length ? rows().filter(r => chosen.includes(r)) : []).map(r => r.dataset.id);
	function step(by, more) {
		const all = rows(), at = current ? all.indexOf(current) : -1;
		go(all[Math.max(0, Math.min(all.length - 1, at + by))], { more });
	}

	// --- words and times ---
	// wordAt gives the number of the word at a letter of a line's text.
	const wordAt = (s, letter) => (s.slice(0, letter).match(/\S+(?=\s)/g) || []).length;
	function timeOf(li, word) {
		const start = Number(li.dataset.start), end = Number(li.dataset.end), w = li.dataset.words;
		if (w) return start + Number(w.split(" ")[word] ?? 0) / 100;
		const n = said(li).textContent.split(/\s+/).filter(Boolean).length || 1;
		return start + (end - start) * word / n;
	}
	const wordHeard = (li, at) => li.dataset.words.split(" ").findLastIndex(w => w !== "" && Number(w) <= (at - Number(li.dataset.start)) * 100);
	function letterAt(e, p) { // of the text under the mouse
		const pos = document.caretPositionFromPoint ? document.caretPositionFromPoint(e.clientX, e.clientY) : null;
		const range = pos ? null : document.caretRangeFromPoint?.(e.clientX, e.clientY);
		const node = pos?.offsetNode || range?.startContainer, offset = pos?.offset ?? range?.startOffset ?? 0;
		if (!node || !p.contains(node)) return 0;
		const r = document.createRange();
		r.selectNodeContents(p);
		r.setEnd(node, offset);
		return r.toString().length;
	}
	text.addEventListener("click", e => {
		const li = e.target.closest("li.segment"), p = e.target.closest(".said");
		if (!li || e.target.closest("textarea, button")) return;
		go(li, { scrolled: false, more: e.shiftKey });
		if (e.shiftKey) return range(li);
		caret = p ? letterAt(e, p) : 0;
		leaveDoubt();
		if (!window.getSelection()?.toString()) sound?.play(timeOf(li, wordAt(said(li).textContent, caret)));
	});
	text.addEventListener("dblclick", e => { const li = e.target.closest("li.segment"); if (li && mayEdit && !editor) edit(li, caret); });
	let caret = 0;
	function range(to) { // all between the first chosen line and this one
		const all = rows(), a = all.indexOf(chosen[0]), z = all.indexOf(to);
		for (const li of all.slice(Math.min(a, z), Math.max(a, z) + 1)) { li.classList.add("chosen"); if (!chosen.includes(li)) chosen.push(li); }
	}

	// What is heard is shown: the line, and the word where the browser can.
	let heard = null;
	const marks = window.Highlight && CSS.highlights ? new Highlight() : null;
	if (marks) CSS.highlights.set("heard", marks);
	sound?.watch((at, playing) => {
		$("clock").textContent = link.clock(at);
		$("play").setAttribute("aria-pressed", playing);
		const total = Number(desk.dataset.to) / 16000;
		$("needle")?.setAttribute("x", total ? at / total * 1000 : 0);
		const all = text.children;
		let lo = 0, hi = all.length - 1, li = null;
		while (lo <= hi) {
			const mid = (lo + hi) >> 1;
			if (Number(all[mid].dataset.start) <= at + 0.05) { if (all[mid].classList.contains("segment")) li = all[mid]; lo = mid + 1; } else hi = mid - 1;
		}
		if (li !== heard) {
			const followed = !heard || current === heard; // not where a person has gone elsewhere meanwhile
			heard?.classList.remove("heard");
			heard = li;
			li?.classList.add("heard");
			if (li && playing && !editor && followed && chosen.length < 2) go(li);
		}
		marks?.clear();
		if (!li || editor?.li === li || !marks) return;
		let word = wordHeard(li, at + 0.03);
		if (word < 0) return;
		const r = document.createRange(), walk = document.createTreeWalker(said(li), NodeFilter.SHOW_TEXT);
		for (let n; (n = walk.nextNode());)
			for (const m of n.data.matchAll(/\S+/g))
				if (word-- === 0) { r.setStart(n, m.index); r.setEnd(n, m.index + m[0].length); marks.add(r); return; }
	});

	// --- doubtful words ---
	let doubt = null;
	const leaveDoubt = () => { doubt?.classList.remove("at"); doubt = null; };
	function nextDoubt(back) {
		const all = [...text.querySelectorAll("li.segment:not(.struck, .dismissed) mark")];
		if (!all.length) return link.toast(t("reviewjs.no_doubt"));
		let at = doubt?.isConnected ? all.indexOf(doubt) : -1;
		if (at < 0 && current) at = all.findIndex(m => current.compareDocumentPosition(m) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY)) - (back ? 0 : 1);
		const next = all[at + (back ? -1 : 1)];
		if (!next) return link.toast(t("reviewjs.last_doubt"));
		doubt?.classList.remove("at");
		doubt = next;
		doubt.classList.add("at");
		const li = doubt.closest("li");
		go(li);
		doubt.scrollIntoView({ block: "center", behavior: "instant" });
		const r = document.createRange();
		r.selectNodeContents(said(li));
		r.setEndBefore(doubt);
		caret = r.toString().length;
		const word = (r.toString().match(/\S+/g) || []).length;
		sound?.play(timeOf(li, word) - 0.4, 2 + doubt.textContent.length / 10);
	}

	// --- typing ---
	// One line is open at a time. saver keeps what was typed until it is stored:
	// one act at a time, each with the number of the event that it builds on.
	let editor = null;
	const savers = new Map();
	const draftKey = id => `bienban.draft.${recording}.${link.user}.${id}`;
	function saver(id, stored, base) {
		let s = savers.get(id);
		if (!s) savers.set(id, s = { id, stored, base, latest: stored, busy: false, composing: false });
		return s;
	}
	async function save(s) {
		if (s.busy || s.composing || s.latest.trim() === s.stored.trim() || !s.latest.trim()) return;
		s.busy = true;
		const sent = s.latest;
		const r = await link.act("text", { recording, segment: s.id, text: sent.trim() }, { base: s.base });
		s.busy = false;
		if (r.done) {
			s.base = Math.max(s.base, r.done.seq);
			s.stored = sent;
			if (r.done.conflict) both(s, r.done.conflict);
		} else s.stored = sent; // refused: said aloud; trying the same again would not help
		if (s.latest === sent) localStorage.removeItem(draftKey(s.id));
		if (s.latest !== s.stored) save(s); else if (editor?.s !== s) { savers.delete(s.id); redraw([s.id]); }
	}
	function edit(li, at = 0, length = 0) {
		if (!mayEdit || !li) return;
		if (editor?.li === li) return editor.ta.focus();
		finish();
		const p = said(li), ta = document.createElement("textarea");
		const was = p.textContent;
		const s = saver(li.dataset.id, was, link.seq);
		ta.value = s.latest;
		ta.className = "typing";
		ta.lang = p.lang;
		ta.spellcheck = false;
		ta.setAttribute("aria-label", t("reviewjs.text_of", li.querySelector(".time").textContent));
		p.hidden = true;
		p.after(ta);
		editor = { li, ta, s, timer: 0 };
		go(li);
		const fit = () => { ta.style.height = "auto"; ta.style.height = ta.scrollHeight + 2 + "px"; };
		ta.addEventListener("compositionstart", () => { s.composing = true; });
		ta.addEventListener("compositionend", () => { s.composing = false; typed(); });
		ta.addEventListener("input", typed);
		ta.addEventListener("keydown", keyInText);
		ta.addEventListener("blur", () => { s.composing = false; if (editor?.ta === ta) { s.latest = ta.value; save(s); } });
		function typed() {
			fit();
			s.latest = ta.value;
			try { localStorage.setItem(draftKey(s.id), ta.value); } catch { /* it is in the field all the same */ }
			clearTimeout(editor?.timer);
			if (editor) editor.timer = setTimeout(() => save(s), 1500);
		}
		fit();
		ta.focus();
		ta.setSelectionRange(at, at + length);
	}
	function finish() {
		if (!editor) return;
		const { li, ta, s, timer } = editor;
		clearTimeout(timer);
		s.latest = ta.value;
		s.composing = false;
		editor = null;
		const p = said(li);
		p.hidden = false;
		if (s.latest.trim() !== p.textContent.trim() && s.latest.trim()) p.textContent = s.latest.trim(); // until the stored line comes
		ta.remove();
		li.querySelector(".both")?.remove();
		if (s.latest.trim() === s.stored.trim() && !s.busy) { savers.delete(s.id); localStorage.removeItem(draftKey(s.id)); redraw([s.id]); } else save(s);
	}
	function keyInText(e) {
		if (e.isComposing || e.keyCode === 229) return; // an input method's Enter ends a word, not the line
		const { ta, s, li } = editor;
		const is = k => e.key === k;
		if (is("Escape")) { e.preventDefault(); e.stopPropagation(); finish(); scroll.focus(); }
		else if (is("Enter") && (e.ctrlKey || e.metaKey)) { e.preventDefault(); split(li, ta.value, ta.selectionStart, s); }
		else if (is("Enter")) { e.preventDefault(); finish(); step(1); edit(current); }
		else if (is("F7")) { e.preventDefault(); sound?.back(3); }
		else if (is("F8")) { // what was opened from the sound goes on with it, stored
			e.preventDefault();
			if (editor.resume && sound && !sound.playing) { finish(); scroll.focus(); sound.play(sound.at - 1); } else sound?.toggle();
		}
		else if (is("F9")) { e.preventDefault(); finish(); nextDoubt(false); openDoubt(); }
	}
	// stopHere stops the sound and opens the line at the word that was heard when
	// the person noticed: pressing a key takes about 0.7 s (Card, Moran and Newell:
	// a perceptual, two cognitive and a motor cycle, and a keystroke).
	function stopHere() {
		const at = Math.max(sound.at - 0.7, sound.began);
		sound.pause();
		const li = heard && at < Number(heard.dataset.start) - 0.05 && heard.previousElementSibling?.classList.contains("segment") ? heard.previousElementSibling : heard || current;
		const m = [...said(li).textContent.matchAll(/\S+/g)][Math.max(0, wordHeard(li, at + 0.03))];
		edit(li, m?.index || 0, m?.[0].length || 0);
		if (editor) editor.resume = true;
	}
	function openDoubt() { if (doubt?.isConnected) edit(doubt.closest("li"), caret, doubt.textContent.length); else edit(current, caret); }
	async function split(li, value, at, s) {
		if (!value.slice(0, at).trim() || !value.slice(at).trim()) return link.toast(t("reviewjs.nothing_to_split"));
		clearTimeout(editor?.timer);
		while (s.busy) await new Promise(f => setTimeout(f, 30));
		const letters = [...value.slice(0, at)].length;
		s.latest = s.stored = value; // the act carries the whole text
		const r = await link.act("split", { recording, segment: li.dataset.id, at: letters, text: value }, { base: s.base });
		if (editor?.s === s) { editor.li.querySelector(".typing").remove(); said(li).hidden = false; editor = null; }
		savers.delete(s.id);
		localStorage.removeItem(draftKey(s.id));
		await redraw([li.dataset.id, ...(r.done?.id ? [r.done.id] : [])]);
		const next = r.done?.id && $("s-" + r.done.id);
		if (next) edit(next);
	}
	// both shows two people's texts; nothing is lost whichever is taken.
	function both(s, c) {
		const li = $("s-" + s.id);
		if (!li) return;
		li.querySelector(".both")?.remove();
		const box = document.createElement("div");
		box.className = "both notice warn";
		const say = (label, q) => { const p = document.createElement("p"); p.append(Object.assign(document.createElement("strong"), { textContent: label + " " }), Object.assign(document.createElement("q"), { textContent: q })); box.append(p); };
		say(t("reviewjs.theirs"), c.theirs);
		say(t("reviewjs.mine"), c.mine);
		for (const take of ["theirs", "mine"]) {
			const button = Object.assign(document.createElement("button"), { type: "button", textContent: t("reviewjs.take_" + take) });
			button.addEventListener("click", async () => { const r = await link.act("conflict_settled", { id: c.id, take }); if (r.ok) { box.remove(); if (editor?.s === s) finish(); redraw([s.id]); } });
			box.append(button);
		}
		li.append(box);
	}
	addEventListener("beforeunload", e => { if (editor && editor.ta.value.trim() !== editor.s.stored.trim()) { save(editor.s); e.preventDefault(); } });
	function drafts() { // what an earlier page did not get stored
		for (const k of Object.keys(localStorage).filter(k => k.startsWith(draftKey("")))) {
			const id = k.slice(draftKey("").length), li = $("s-" + id), v = localStorage.getItem(k);
			if (!li || said(li).textContent.trim() === v.trim()) { localStorage.removeItem(k); continue; }
			const s = saver(id, said(li).textContent, link.seq);
			s.latest = v;
			link.toast(t("reviewjs.draft", li.querySelector(".time").textContent), "warn");
			save(s);
		}
	}

	// --- what changed is drawn again, but for the line that is being typed into ---
	async function redraw(which) {
		const want = [...new Set(which)].filter(id => editor?.s.id !== id && !savers.get(id)?.busy);
		if (!want.length) return;
		let html;
		try {
			const r = await fetch(`/m/${b.meeting}/parts/review-rows?recording=${recording}&segments=${want.join(",")}`);
			if (!r.ok) return;
			html = await r.text();
		} catch { return; }
		const box = document.createElement("template");
		box.innerHTML = html;
		const found = new Map([...box.content.querySelectorAll("li.segment")].map(li => [li.dataset.id, li]));
		for (const id of want) {
			const old = $("s-" + id), li = found.get(id);
			if (editor?.s.id === id) continue; // opened meanwhile
			if (!li) { if (current === old) step(-1); old?.remove(); continue; }
			const warn = old?.querySelector(".both");
			if (old) {
				for (const c of ["current", "chosen", "heard"]) if (old.classList.contains(c)) li.classList.add(c);
				if (current === old) current = li;
				if (heard === old) heard = li;
				chosen = chosen.map(o => o === old ? li : o);
				if (warn) li.append(warn);
				old.replaceWith(li);
			} else insert(li);
		}
	}
	function insert(li) {
		const start = Number(li.dataset.start), after = [...text.children].findLast(o => Number(o.dataset.start) <= start);
		if (after) after.after(li); else text.prepend(li);
	}
	let side = 0;
	const sideSoon = () => { clearTimeout(side); side = setTimeout(() => link.refresh("review-side", "?recording=" + recording), 400); };
	link.on.event = e => {
		const body = e.body || {};
		if (e.type === "final" && body.recording === recording) { desk.dataset.to = body.to; sound?.more(body.to); redraw((body.segments || []).map(s => s.id)); sideSoon(); return; }
		if (/^(layer|recording|mark|item|agenda|undo|conflict_settled)/.test(e.type) && !(body.edits || []).length) { if (/^(layer|mark|item|agenda|undo|segments_item)/.test(e.type)) redraw(rows().map(r => r.dataset.id)); sideSoon(); return; }
		const touched = (body.edits || []).filter(x => x.recording === recording).map(x => x.segment);
		if (touched.length) {
			redraw(touched);
			if (editor && touched.includes(editor.s.id) && body.user !== link.user) link.toast(t("reviewjs.also", body.by), "warn");
		}
		sideSoon();
	};
	link.on.acted = (a, done) => { if (a.kind !== "text") link.toast(done.summary[document.documentElement.lang] || ""); };

	// --- acts on the chosen lines ---
	function pick(title, list, act) {
		if (!chosen.length) return link.toast(t("reviewjs.choose_first"), "warn");
		const d = $("pick"), box = $("pick-list"), input = $("pick-name");
		$("pick-title").textContent = title;
		input.value = "";
		const fold = s => s.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
		const draw = () => {
			const q = fold(input.value);
			box.replaceChildren(...list.filter(o => fold(o.name).includes(q)).slice(0, 40).map((o, i) => {
				const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet" });
				if (i < 9 && !q) button.append(Object.assign(document.createElement("kbd"), { textContent: i + 1 }), " ");
				button.append(o.name);
				button.addEventListener("click", () => { d.close(); act(o); });
				return button;
			}));
		};
		input.oninput = draw;
		input.onkeydown = e => {
			if (e.isComposing) return;
			if (e.key === "Enter") { e.preventDefault(); (box.firstChild || null)?.click(); if (!box.firstChild && input.value.trim()) { d.close(); act({ id: null, name: input.value.trim() }); } }
			if (/^[1-9]$/.test(e.key) && !input.value) { e.preventDefault(); box.children[e.key - 1]?.click(); }
		};
		draw();
		d.showModal();
		input.focus();
	}
	const each = (kind, more) => link.act(kind, { recording, segments: ids(), ...more });
	const setSpeaker = () => pick(t("reviewjs.who"), choices.people.map(name => ({ name })).concat({ name: t("reviewjs.nobody"), none: true }), o => each("segments_speaker", { speaker: o.none ? "" : o.name }));
	const setItem = () => pick(t("reviewjs.which"), (choices.items || []).map(i => ({ id: i.ID, name: `${i.Number}. ${i.Title}` })).concat({ id: "", name: t("reviewjs.by_marks") }), o => o.id !== null && each("segments_item", { item: o.id }));
	function dismiss() {
		if (!chosen.length) return link.toast(t("reviewjs.choose_first"), "warn");
		if (chosen.every(li => li.classList.contains("dismissed") || li.classList.contains("struck"))) return each("segments_restored");
		each("segments_dismissed", { reason: t("reviewjs.not_of_meeting") });
	}
	function merge() {
		const all = rows(), at = all.indexOf(current), list = chosen.length > 1 ? ids() : [current?.dataset.id, all[at + 1]?.dataset.id].filter(Boolean);
		if (list.length < 2) return link.toast(t("reviewjs.choose_first"), "warn");
		link.act("merge", { recording, segments: list });
	}
	async function history() {
		if (!current) return;
		$("history-box").open = true;
		const r = await fetch(`/m/${b.meeting}/parts/review-history?recording=${recording}&segment=${current.dataset.id}`);
		if (r.ok) { $("history").innerHTML = await r.text(); $("history-box").scrollIntoView({ block: "nearest" }); }
	}

	// --- beside the text ---
	document.addEventListener("click", e => {
		const jump = e.target.closest?.("[data-jump]"), bar = e.target.closest?.("#cover svg");
		if (jump) { e.preventDefault(); jumpTo(Number(jump.dataset.jump)); }
		if (bar) { const r = bar.getBoundingClientRect(); jumpTo((e.clientX - r.left) / r.width * Number(desk.dataset.to) / 16000); }
	});
	function jumpTo(at) {
		const li = rows().findLast(r => Number(r.dataset.start) <= at + 0.01) || rows()[0];
		go(li);
		li?.scrollIntoView({ block: "center", behavior: "instant" });
		sound?.play(at);
	}
	document.addEventListener("change", e => {
		if (e.target.dataset.all) for (const f of e.target.form.elements[e.target.dataset.all].length ? e.target.form.elements[e.target.dataset.all] : [e.target.form.elements[e.target.dataset.all]]) f.checked = e.target.checked;
		if (e.target.dataset.go !== undefined) e.target.form.submit();
	});
	// A form over several things that each need an act of their own.
	document.addEventListener("submit", async e => {
		const kind = e.target.dataset.each;
		if (!kind || e.defaultPrevented) return;
		e.preventDefault();
		const picked = [...e.target.querySelectorAll("input[type=checkbox][name]:checked")], reason = e.target.elements.reason.value;
		if (!picked.length) return link.toast(t("reviewjs.tick_first"), "warn");
		for (const f of picked) link.act(kind, { ...JSON.parse(f.value), reason });
	});
	document.addEventListener("submit", e => { // nothing is ticked
		const needs = e.target.dataset.needs;
		if (needs && !e.target.querySelector(`[name="${needs}"]:checked`)) { e.preventDefault(); e.stopImmediatePropagation(); link.toast(t("reviewjs.tick_first"), "warn"); }
	}, true);

	$("play")?.addEventListener("click", () => sound.toggle());
	$("back")?.addEventListener("click", () => sound.back(3));
	$("next-doubt").addEventListener("click", () => nextDoubt(false));
	const speed = $("speed");
	speed?.addEventListener("change", () => sound.rate(Number(speed.value)));
	const faster = by => { if (!speed) return; speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by)); sound.rate(Number(speed.value)); };
	link.keys({
		" ": () => { if (!sound?.playing) leaveDoubt(); sound?.toggle(); }, ArrowLeft: () => sound?.back(3), ArrowRight: () => sound?.back(-3), "[": () => faster(-1), "]": () => faster(1),
		ArrowUp: () => step(-1), ArrowDown: () => step(1), "shift+ArrowUp": () => step(-1, true), "shift+ArrowDown": () => step(1, true),
		d: () => nextDoubt(false), "shift+KeyD": () => nextDoubt(true), Enter: () => sound?.playing && !doubt?.classList.contains("at") ? stopHere() : doubt?.isConnected && doubt.closest("li") === current ? openDoubt() : edit(current, caret),
		s: setSpeaker, i: setItem, g: merge, x: dismiss, h: history, u: link.undo, F7: () => sound?.back(3), F8: () => sound?.toggle(), F9: () => nextDoubt(false),
		k: () => chosen.length && each("flags_resolved", { code: "", reason: t("reviewjs.looked") }), "?": link.help,
		Escape: () => { for (const o of chosen) o.classList.remove("chosen"); chosen = []; sound?.pause(); },
	});
	const begin = location.hash ? document.querySelector(`[id="${CSS.escape(decodeURIComponent(location.hash.slice(1)))}"]`) : null;
	go(begin?.classList.contains("segment") ? begin : rows()[0], { scrolled: !!begin });
	link.start();
	drafts();
})();
