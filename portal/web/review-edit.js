// Typing into a line of the review. One line is open at a time. What is typed
// lies in this browser from its first letter until the server has it; an input
// method is never disturbed within a word; what two people write is both kept.
"use strict";
(() => {
	const { link, sound, review, t } = window.bienban;
	if (!review) return;
	const { recording, row, said, words, timeOf } = review;
	const mayEdit = document.getElementById("desk").dataset.edit === "true";
	const pause = 1500; // ms without a letter after which a line is stored

	// editor is the open line: its text as stored, the act that holds what is not,
	// and the newest event that the person had before the eyes when beginning.
	let editor = null;
	const storing = new Map(), stored = new Map(); // id → acts under way; the event of one's own newest text
	review.typing = () => editor?.id;
	review.busy = id => editor?.id === id || storing.has(id);

	async function during(id, work) {
		storing.set(id, (storing.get(id) || 0) + 1);
		const r = await work;
		if (storing.get(id) > 1) storing.set(id, storing.get(id) - 1); else storing.delete(id);
		return r;
	}
	function hold(e) { // what is typed, as an act that waits
		const now = e.ta.value.trim();
		if (!now || now === e.stored) { if (e.act) link.drop(e.act); e.act = null; } else if (e.act) { e.act.body.text = now; link.held(e.act); } else e.act = link.hold("text", { recording, segment: e.id, text: now }, e.base);
	}
	async function store(e) {
		clearTimeout(e.timer);
		const a = e.act;
		if (!a || e.composing) return;
		e.act = null;
		e.stored = a.body.text;
		const r = await during(e.id, link.release(a));
		if (r.ok) stored.set(e.id, r.done.seq);
		if (r.ok && editor?.id === e.id) editor.base = Math.max(editor.base, r.done.seq);
		e.over = Boolean(r.done?.conflict); // both are shown now: typing on would only meet it again
		if (e.over && editor === e && !e.composing) finish();
		review.redraw([e.id]);
	}

	// edit opens a line with so many words selected from one on.
	function edit(li, word = 0, count = 1) {
		if (!mayEdit || !li) return;
		if (editor?.li === li) return editor.ta.focus();
		finish();
		const p = said(li), ta = document.createElement("textarea");
		ta.value = p.textContent;
		ta.className = "typing";
		ta.lang = p.lang;
		ta.spellcheck = false;
		ta.setAttribute("aria-label", t("reviewjs.text_of", li.querySelector(".time").textContent));
		p.hidden = true;
		p.after(ta);
		const e = editor = { li, ta, id: li.dataset.id, base: Math.max(Number(li.dataset.seq), stored.get(li.dataset.id) || 0), first: ta.value, stored: ta.value.trim(), from: word, to: word + count - 1, fresh: true, near: review.atDoubt()?.dataset };
		review.go(li);
		const fit = () => { ta.style.height = "auto"; ta.style.height = ta.scrollHeight + 2 + "px"; };
		const typed = () => { fit(); e.fresh = false; hold(e); clearTimeout(e.timer); e.timer = setTimeout(() => store(e), pause); };
		ta.addEventListener("compositionstart", () => { e.composing = true; });
		ta.addEventListener("compositionend", () => { e.composing = false; typed(); if (e.over) finish(); });
		ta.addEventListener("input", typed);
		ta.addEventListener("keydown", keyInText);
		ta.addEventListener("blur", () => { e.composing = false; if (editor === e) { hold(e); store(e); } });
		fit();
		ta.focus();
		select(e);
	}
	// select marks whole words, without what stands around them.
	function select(e) {
		const all = words(e.ta.value), clamp = i => Math.max(0, Math.min(all.length - 1, i));
		e.from = clamp(e.from);
		e.to = Math.max(e.from, clamp(e.to));
		const a = all[e.from], z = all[e.to];
		if (a) e.ta.setSelectionRange(a.index + a[0].match(/^[^\p{L}\p{N}]*/u)[0].length % a[0].length, z.index + z[0].replace(/(?<=.)[^\p{L}\p{M}\p{N}]+$/u, "").length);
	}
	const bare = list => list.join(" ").replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, "");
	function close(e) { // back to a line that is read
		editor = null;
		clearTimeout(e.timer);
		e.composing = false;
		said(e.li).hidden = false;
		if (e.ta.value.trim()) said(e.li).textContent = e.ta.value.trim(); // until the stored line comes
		e.ta.remove();
	}
	function finish() {
		const e = editor;
		if (!e) return;
		close(e);
		hold(e);
		const a = e.first.split(/\s+/), z = e.ta.value.trim().split(/\s+/);
		while (a.length && z.length && a[0] === z[0]) { a.shift(); z.shift(); }
		while (a.length && z.length && a.at(-1) === z.at(-1)) { a.pop(); z.pop(); }
		if (a.length + z.length) review.offer(bare(a), bare(z));
		if (e.act) store(e); else review.redraw([e.id]);
	}
	async function split(e) {
		const value = e.ta.value, at = e.ta.selectionStart;
		if (!value.slice(0, at).trim() || !value.slice(at).trim()) return link.toast(t("reviewjs.nothing_to_split"));
		if (e.act) link.drop(e.act); // the split carries the whole text
		close(e);
		const r = await during(e.id, link.act("split", { recording, segment: e.id, at: [...value.slice(0, at)].length, text: value }, { base: e.base }));
		await review.redraw([e.id, r.done?.id].filter(Boolean));
		if (r.done?.id) edit(row(r.done.id));
	}
	function leave() { finish(); document.getElementById("scroll").focus({ preventScroll: true }); }
	const openDoubt = () => { const m = review.nextDoubt() && review.atDoubt(); if (m) edit(m.closest("li"), review.wordAt(m.closest("li"), review.caret), words(m.textContent).length); };
	function keyInText(ev) {
		if (ev.isComposing || ev.keyCode === 229) return; // an input method's Enter ends a word, not the line
		const e = editor, control = ev.ctrlKey || ev.metaKey, by = { ArrowLeft: -1, ArrowRight: 1 }[ev.key];
		if (control && by && e.fresh) { // the selection goes on by whole words, or takes more of them
			if (!ev.shiftKey) { e.from += by; e.to = e.from; } else if (by < 0) e.from--; else e.to++;
			select(e);
		} else if (ev.key === "Escape") { ev.stopPropagation(); leave(); }
		else if (ev.key === "Enter" && control) split(e);
		else if (ev.key === "Enter") { finish(); review.step(1); edit(row(review.current)); }
		else if (ev.key === "F7") sound?.back(3);
		else if (ev.key === "F8" && e.resume && sound && !sound.playing) { const on = timeOf(e.li, e.to + 1); leave(); review.playFrom(e.li, on - 0.2); }
		else if (ev.key === "F8") sound?.toggle();
		else if (ev.key === "F9") { finish(); openDoubt(); }
		else if (ev.key === "F2" && e.near?.now && e.fresh) { finish(); review.replace(e.near.was, e.near.now).then(openDoubt); }
		else return;
		ev.preventDefault();
	}

	// stopHere stops the sound and opens the line at the word that a person means
	// who presses a key now: a second ago its end was heard (0.3 s to see that it is
	// wrong, 0.7 s to press: Card, Moran and Newell). A doubtful word that was heard
	// within half a second of it is the likelier one.
	function stopHere() {
		const at = Math.max(sound.at - sound.speed, sound.began);
		sound.pause();
		const li = review.rows().findLast(r => Number(r.dataset.start) <= at + 0.05) || row(review.current);
		const near = [...li.querySelectorAll("mark")].map(m => review.wordAt(li, review.lettersBefore(m))).filter(w => Math.abs(timeOf(li, w) + 0.2 - at) < 0.5);
		edit(li, near.length ? near[0] : Math.max(0, review.wordHeard(li, at)));
		if (editor) editor.resume = true;
	}
	Object.assign(review, { edit, stopHere });
	link.start();
})();
