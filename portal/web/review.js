// The review: text over sound. Lines are heard, chosen and put in order here;
// what a person types into one is review-edit.js.
"use strict";
(() => {
	const b = window.bienban, link = b.link, sound = b.sound, t = b.t;
	if (!link) return;
	const $ = id => document.getElementById(id);
	const desk = $("desk"), text = $("text");
	const { recording } = desk.dataset;
	const rows = () => [...text.querySelectorAll("li.segment")], row = id => $("s-" + id);
	const said = li => li.querySelector(".said");
	const words = s => [...s.matchAll(/\S+/g)];

	// --- the current line, and more of them ---
	let current = "", heard = "", chosen = new Set(), caret = 0; // ids; the letter that was clicked on
	const stays = 5000; // ms for which keys mean the line that a person chose or acted on last, though the sound goes on
	let byHand = 0; // when that was
	const mine = () => { byHand = performance.now(); };
	const paint = li => { for (const [c, is] of [["current", li.dataset.id === current], ["chosen", chosen.has(li.dataset.id)], ["heard", li.dataset.id === heard]]) li.classList.toggle(c, is); };
	function go(li, { more = false, scrolled = "nearest" } = {}) {
		if (!li) return;
		const was = [...chosen, current].map(row);
		if (!more) chosen = new Set();
		current = li.dataset.id;
		chosen.add(current);
		for (const o of [...was, li]) if (o) paint(o);
		if (scrolled) li.scrollIntoView({ block: scrolled, behavior: "instant" });
	}
	function step(by, more) {
		mine();
		const all = rows(), at = all.findIndex(r => r.dataset.id === current);
		caret = 0;
		leaveDoubt();
		go(all[Math.max(0, Math.min(all.length - 1, at + by))], { more });
	}

	// --- words and times ---
	function timeOf(li, word) { // where a word begins
		const start = Number(li.dataset.start), end = Number(li.dataset.end), at = li.dataset.words.split(" ");
		if (at[0] === "") return start + (end - start) * word / (words(said(li).textContent).length || 1);
		return word < at.length ? start + at[word] / 100 : end;
	}
	const wordHeard = (li, at) => words(said(li).textContent).findLastIndex((_, i) => timeOf(li, i) <= at + 0.03);
	function lettersTo(li, node, offset) { // letters of a line before a place in it
		const r = document.createRange();
		r.selectNodeContents(said(li));
		r.setEnd(node, offset);
		return r.toString().length;
	}
	const lettersBefore = mark => lettersTo(mark.closest("li"), mark.parentNode, [...mark.parentNode.childNodes].indexOf(mark));
	const wordAt = (li, letter) => Math.max(0, words(said(li).textContent).findLastIndex(m => m.index <= letter));
	text.addEventListener("click", e => {
		const li = e.target.closest("li.segment");
		if (!li || e.target.closest("textarea, button")) return;
		mine();
		const first = rows().findIndex(r => r.dataset.id === current), last = rows().indexOf(li);
		if (e.shiftKey) { for (const o of rows().slice(Math.min(first, last), Math.max(first, last) + 1)) go(o, { more: true, scrolled: "" }); return; }
		const at = getSelection(); // a click puts it there
		leaveDoubt();
		go(li, { scrolled: "" });
		caret = e.target.closest(".said") && at.anchorNode && said(li).contains(at.anchorNode) ? lettersTo(li, at.anchorNode, at.anchorOffset) : 0;
		if (at.isCollapsed || !caret) playFrom(li, timeOf(li, wordAt(li, caret)));
	});
	text.addEventListener("dblclick", e => { const li = e.target.closest("li.segment"); if (li && !e.target.closest("textarea, button")) review.edit(li, wordAt(li, caret)); });

	const rowAt = (at, all = rows()) => all.findLast(r => Number(r.dataset.start) <= at + 0.05);
	// The current line follows the sound: to the line that a person means who presses a key now, which was heard a second
	// ago (as in stopHere), and not where that person has gone elsewhere, is at a doubtful word or has a list open.
	let followed = "";
	function follow(at, all) {
		const li = rowAt(Math.max(at - sound.speed, sound.began), all);
		if (!li || li.dataset.id === followed || performance.now() - byHand < stays || atDoubt() || document.querySelector("dialog[open]")) return;
		if (current === followed && !review.typing() && chosen.size < 2) go(li);
		followed = li.dataset.id;
	}
	function playFrom(li, at, seconds) { // a line that is current now
		mine();
		followed = li.dataset.id;
		sound?.play(at, seconds);
	}

	// What is heard is shown: the line, and the word where the browser can.
	const marks = window.Highlight && CSS.highlights ? new Highlight() : null;
	if (marks) CSS.highlights.set("heard", marks);
	sound?.watch((at, playing) => {
		$("clock").textContent = link.clock(at);
		$("play").setAttribute("aria-pressed", playing);
		$("needle")?.setAttribute("x", at / (Number(desk.dataset.to) / 16000 || 1) * 1000);
		const all = rows(), li = rowAt(at, all);
		if (li?.dataset.id !== heard) {
			const was = row(heard);
			heard = li?.dataset.id || "";
			for (const o of [was, li]) if (o) paint(o);
		}
		if (playing) follow(at, all);
		marks?.clear();
		if (!li || !marks || review.typing() === heard) return;
		let word = wordHeard(li, at);
		const walk = document.createTreeWalker(said(li), NodeFilter.SHOW_TEXT);
		for (let n; word >= 0 && (n = walk.nextNode());)
			for (const m of words(n.data))
				if (word-- === 0) { const r = new Range(); r.setStart(n, m.index); r.setEnd(n, m.index + m[0].length); marks.add(r); }
	});
	sound?.silences(() => [...document.querySelectorAll("#cover .non_speech, #cover .paused, #cover .dismissed")].map(r => [Number(r.dataset.start), Number(r.dataset.end)]));

	// --- doubtful words ---
	let doubt = null;
	function leaveDoubt() { doubt?.classList.remove("at"); doubt = null; }
	const atDoubt = () => doubt?.isConnected ? doubt : null;
	function nextDoubt(back) {
		const all = [...text.querySelectorAll("li.segment:not(.struck, .dismissed) mark")], F = Node.DOCUMENT_POSITION_FOLLOWING;
		let at = all.indexOf(atDoubt());
		if (at < 0 && row(current)) at = all.findIndex(m => row(current).compareDocumentPosition(m) & F) - (back ? 0 : 1);
		const next = all[at + (back ? -1 : 1)];
		if (!next) return link.toast(t(all.length ? "reviewjs.last_doubt" : "reviewjs.no_doubt"));
		leaveDoubt();
		doubt = next;
		doubt.classList.add("at");
		const li = doubt.closest("li");
		go(li, { scrolled: "center" });
		caret = lettersBefore(doubt);
		playFrom(li, timeOf(li, wordAt(li, caret)) - 0.4, 2 + doubt.textContent.length / 10);
		if (doubt.dataset.now) link.toast(t("reviewjs.near", doubt.dataset.was, doubt.dataset.now));
		return true;
	}

	// --- the same words everywhere ---
	const having = was => rows().filter(li => said(li).textContent.includes(was)).map(li => li.dataset.id);
	const replace = (was, now) => link.act("words_replaced", { recording, segments: having(was), was, now });
	let offered = null;
	function offer(was, now) { // after a correction of some words: the same in other lines
		const n = was && now && (/\s/.test(was) || /^\p{Lu}/u.test(now)) ? having(was).length : 0;
		offered = n ? { was, now } : null;
		if (n) link.toast(t("reviewjs.offer", n, was, now), "warn");
	}
	// takeName puts the name of the doubtful word that one is at, or of the one just
	// heard; the sound goes on.
	async function takeName() {
		const began = m => timeOf(m.closest("li"), wordAt(m.closest("li"), lettersBefore(m)));
		const m = atDoubt() || sound?.playing && [...text.querySelectorAll("mark.near")].findLast(m => began(m) < sound.at && began(m) > sound.at - 6);
		if (!m?.dataset.now) return link.toast(t("reviewjs.no_name"));
		await replace(m.dataset.was, m.dataset.now);
		if (m === doubt) nextDoubt();
	}

	// --- what changed is drawn again, but for the line that somebody is typing into ---
	// One answer is waited for before the next is asked for: they could come in the wrong order.
	const wanted = new Set();
	let drawn = Promise.resolve();
	const redraw = which => {
		for (const id of which) wanted.add(id);
		return drawn = drawn.then(draw, draw);
	};
	async function draw() {
		const want = [...wanted].filter(id => !review.busy(id)), box = document.createElement("template");
		wanted.clear();
		if (!want.length) return;
		const html = await link.part("review-rows", `?recording=${recording}&segments=${want.join(",")}`);
		if (html === null) return;
		box.innerHTML = html;
		await link.released();
		const found = new Map([...box.content.querySelectorAll("li.segment")].map(li => [li.dataset.id, li]));
		for (const id of want.filter(id => !review.busy(id))) { // none that was opened meanwhile
			const old = row(id), li = found.get(id);
			if (!li) { if (id === current) step(-1); chosen.delete(id); old?.remove(); continue; }
			paint(li);
			if (old?.contains(atDoubt())) { // one stays at a doubtful word
				const at = lettersBefore(doubt);
				doubt = [...li.querySelectorAll("mark")].find(m => lettersBefore(m) === at) || null;
				doubt?.classList.add("at");
			}
			if (old) old.replaceWith(li);
			else ([...text.children].findLast(o => Number(o.dataset.start) <= Number(li.dataset.start)) || text.firstChild)?.after(li);
		}
	}
	let side = 0;
	link.on.event = e => {
		const body = e.body || {}, touched = (body.edits || []).filter(x => x.recording === recording).map(x => x.segment);
		if (e.type === "final" && body.recording === recording) {
			desk.dataset.to = body.to;
			sound?.more(body.to);
			touched.push(...(body.segments || []).map(s => s.id));
		} else if (body.conflict?.key.startsWith(`segment:${recording}/`)) touched.push(body.conflict.key.split("/").pop());
		else if (!touched.length && /^(layer|mark|item|agenda|undo|conflict|person|glossary|register|recording_stretches)/.test(e.type)) touched.push(...rows().map(r => r.dataset.id));
		redraw(touched);
		if (touched.includes(review.typing()) && body.user && body.user !== link.user) link.toast(t("reviewjs.also", body.by), "warn");
		clearTimeout(side);
		side = setTimeout(() => link.refresh("review-side", "?recording=" + recording), 400);
	};
	link.on.acted = (a, done) => { if (a.kind !== "text") link.toast(done.summary[document.documentElement.lang] || ""); };

	// --- the page of stretches that are closed or erased gets the chosen lines ---
	document.addEventListener("click", e => {
		const a = e.target.closest("a[data-stretches]"), picked = rows().filter(r => chosen.has(r.dataset.id));
		if (!a || !picked.length) return;
		const to = new URL(a.href);
		to.searchParams.set("from", Math.floor(Math.min(...picked.map(r => r.dataset.start)) * 10) / 10);
		to.searchParams.set("to", Math.ceil(Math.max(...picked.map(r => r.dataset.end)) * 10) / 10);
		a.href = to;
	});

	// --- acts on the chosen lines ---
	function each(kind, more) {
		if (!chosen.size) return link.toast(t("reviewjs.choose_first"), "warn");
		mine();
		return link.act(kind, { recording, segments: rows().map(r => r.dataset.id).filter(id => chosen.has(id)), ...more });
	}
	// A dialog asks for a person or an item: letters find, a number takes one of the first nine.
	const fold = s => s.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
	for (const d of document.querySelectorAll("dialog[data-kind]")) {
		const input = d.querySelector("input"), options = [...d.querySelectorAll("button[value]")];
		const take = value => { d.close(); each(d.dataset.kind, { [d.dataset.field]: value }); };
		input.addEventListener("input", () => { for (const o of options) o.hidden = !fold(o.textContent).includes(fold(input.value)); });
		input.addEventListener("keydown", e => {
			const nth = !input.value && /^[1-9]$/.test(e.key) && options[e.key - 1];
			if (e.isComposing || e.key !== "Enter" && !nth) return;
			e.preventDefault();
			const o = nth || options.find(o => !o.hidden), free = d.dataset.field === "speaker" && input.value.trim();
			if (o || free) take(o ? o.value : free);
		});
		d.addEventListener("click", e => { const o = e.target.closest("button[value]"); if (o) take(o.value); });
	}
	function pick(name) {
		if (!chosen.size) return link.toast(t("reviewjs.choose_first"), "warn");
		const d = $("pick-" + name), input = d.querySelector("input");
		input.value = "";
		input.dispatchEvent(new Event("input"));
		d.showModal();
		input.focus();
	}
	function dismiss() {
		const gone = [...chosen].every(id => row(id)?.matches(".dismissed, .struck"));
		each(gone ? "segments_restored" : "segments_dismissed", gone ? {} : { reason: t("reviewjs.not_of_meeting") });
	}
	function merge() {
		const next = rows()[rows().findIndex(r => r.dataset.id === current) + 1];
		if (chosen.size < 2 && next) chosen.add(next.dataset.id);
		each("merge");
	}
	let asked = 0;
	async function history() {
		mine();
		const nth = ++asked, html = await link.part("review-history", `?recording=${recording}&segment=${current}`);
		if (html === null || nth !== asked) return; // another line's was asked for meanwhile
		$("history").innerHTML = html;
		$("history-box").open = true;
		$("history-box").scrollIntoView({ block: "nearest" });
	}

	// --- beside the text ---
	document.addEventListener("click", e => {
		const jump = e.target.closest?.("[data-jump]"), bar = e.target.closest?.("#cover svg")?.getBoundingClientRect();
		if (!jump && !bar) return;
		e.preventDefault();
		const at = jump ? Number(jump.dataset.jump) : (e.clientX - bar.left) / bar.width * Number(desk.dataset.to) / 16000;
		const li = rowAt(at) || rows()[0];
		if (!li) return;
		go(li, { scrolled: "center" });
		playFrom(li, at);
	});
	document.addEventListener("change", e => { // "all of them"
		if (e.target.dataset.all) for (const f of e.target.form.querySelectorAll(`[name="${e.target.dataset.all}"]`)) f.checked = e.target.checked;
	});
	document.addEventListener("submit", e => {
		const { needs, each } = e.target.dataset, ticked = [...e.target.querySelectorAll(`[name="${needs}"]:checked`)];
		if (needs && !ticked.length) link.toast(t("reviewjs.tick_first"), "warn");
		else if (!each) return;
		else for (const f of ticked) link.act(each, { ...JSON.parse(f.value), reason: e.target.elements.reason.value }); // each needs an act of its own
		e.preventDefault();
		e.stopImmediatePropagation();
	}, true);

	const speed = $("speed"), rate = by => { if (speed) { speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by)); sound.rate(Number(speed.value)); } };
	speed?.addEventListener("change", () => rate(0));
	$("skip")?.addEventListener("change", e => { sound.skip = e.target.checked; });
	$("play")?.addEventListener("click", () => sound.toggle());
	$("back")?.addEventListener("click", () => sound.back(3));
	$("next-doubt").addEventListener("click", () => nextDoubt());
	const back = () => sound?.back(3), play = () => { if (!sound?.playing) leaveDoubt(); sound?.toggle(); };
	link.keys({
		" ": play, F8: play, ArrowLeft: back, F7: back, ArrowRight: () => sound?.back(-3), "[": () => rate(-1), "]": () => rate(1),
		ArrowUp: () => step(-1), ArrowDown: () => step(1), "shift+ArrowUp": () => step(-1, true), "shift+ArrowDown": () => step(1, true),
		d: () => nextDoubt(), F9: () => nextDoubt(), "shift+KeyD": () => nextDoubt(true), a: takeName, r: () => offered && replace(offered.was, offered.now),
		Enter: () => sound?.playing && !atDoubt() ? review.stopHere() : review.edit(row(current), row(current) ? wordAt(row(current), caret) : 0, atDoubt() ? words(doubt.textContent).length : 1),
		s: () => pick("speaker"), i: () => pick("item"), g: merge, x: dismiss, h: history, u: link.undo, "shift+KeyU": link.redo,
		k: () => each("flags_resolved", { code: "", reason: t("reviewjs.looked") }), "?": link.help,
		Escape: () => { const was = [...chosen].map(row); chosen = new Set(); for (const o of was) if (o) paint(o); sound?.pause(); },
	});
	const review = b.review = {
		recording, rows, row, said, words, timeOf, wordHeard, lettersBefore, wordAt, go, playFrom, step, redraw, nextDoubt, atDoubt, replace, offer,
		get current() { return current; }, get heard() { return heard; }, get caret() { return caret; },
	};
	const begin = location.hash && row(decodeURIComponent(location.hash.slice(3)));
	go(begin || rows()[0], { scrolled: begin ? "nearest" : "" });
	followed = current;
})();
