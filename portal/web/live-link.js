// What the live desk and the review page share: acts that are kept in this
// browser until the server has them, events without a hole, parts of the page
// that change around whoever is typing, and keys.
"use strict";
(() => {
	const b = window.bienban, t = b.t;
	const desk = document.getElementById("desk");
	if (!desk) return;
	const mine = `bienban.unsent.${b.meeting}.${desk.dataset.user}.`;
	const link = { seq: Number(desk.dataset.seq), user: desk.dataset.user, on: {} };

	// --- acts ---
	// An act goes into the browser's storage before anything else, and leaves it
	// when the server has answered. Its id makes sending it twice harmless.
	const queue = [], held = new Set(), waiting = new Map(); // id → who wants the answer
	let sending = false, wait = 0, signedOut = false;

	const prepared = (kind, body, base = link.seq) => ({ id: b.id(), kind, body, base, at: Date.now() });
	function keep(a) {
		a.key = `${mine}${a.at}.${a.id}`;
		try { localStorage.setItem(a.key, JSON.stringify(a)); } catch { /* full or forbidden: it is sent all the same */ }
	}

	// act keeps and sends; it gives the answer as soon as there is one. Whoever
	// leaves the page before that need not care.
	link.act = (kind, body, { base } = {}) => link.release(prepared(kind, body, base));

	// hold keeps an act that is not ready to be sent, as text that is being typed:
	// a page that ends before its release leaves it to the next page.
	link.hold = (kind, body, base) => { const a = prepared(kind, body, base); held.add(a); keep(a); return a; };
	link.held = keep; // its body has changed
	link.drop = a => { held.delete(a); localStorage.removeItem(a.key); };
	link.release = a => new Promise(answer => {
		held.delete(a);
		waiting.set(a.id, answer);
		keep(a);
		queue.push(a);
		if (a.kind !== "undo") { done.push(a.id); undone.length = 0; }
		send();
	});

	async function send() {
		if (sending || signedOut) return;
		sending = true;
		while (queue.length) {
			tell();
			const a = queue[0];
			let r;
			try {
				r = await b.act(a.kind, a.body, { base: a.base, id: a.id });
			} catch { /* no answer: again */ }
			if (r?.status === 401) { signedOut = true; break; }
			if (!r || r.status >= 500 || r.status === 429) {
				wait = Math.min(10000, wait * 2 || 500);
				tell();
				await new Promise(f => setTimeout(f, wait));
				continue;
			}
			wait = 0;
			queue.shift();
			if (a.key) localStorage.removeItem(a.key);
			// What was done after it to the same line, in this browser, builds on it.
			if (r.ok) for (const o of [...queue, ...held]) if (o.body.segment && o.body.segment === a.body.segment) o.base = Math.max(o.base, r.done.seq);
			if (r.done?.conflict) toast(t("link.conflict", r.done.conflict.theirs, r.done.conflict.mine), "warn");
			if (!r.ok || r.done?.conflict) for (const list of [done, undone]) if (list.includes(a.id)) list.splice(list.indexOf(a.id), 1); // there is nothing to take back
			if (!r.ok && !r.done) toast(`${r.problem?.message || r.status}${lost(a)}`, "problem");
			else if (r.done?.summary && link.on.acted) link.on.acted(a, r.done);
			waiting.get(a.id)?.(r);
			waiting.delete(a.id);
		}
		sending = false;
		tell();
	}

	// lost shows what a person typed into an act that was refused, so that it can be copied.
	const lost = a => a.body?.text ? ` — “${a.body.text}”` : "";

	// undo takes back this page's newest act, redo brings back what undo took. An act
	// counts as soon as it is on its way: acts arrive in their order, and whoever undoes
	// at once means the one just made.
	const done = [], undone = [];
	async function turn(from, onto, none) {
		const last = from.pop();
		if (!last) return toast(none);
		const a = prepared("undo", { act: last });
		onto.push(a.id);
		const r = await link.release(a);
		if (r.ok && !link.on.acted) toast(r.done.summary[document.documentElement.lang] || t("link.undone"));
	}
	link.undo = () => turn(done, undone, t("link.nothing_to_undo"));
	link.redo = () => turn(undone, done, t("link.nothing_to_redo"));

	function adopt() { // what an earlier page of this person left unsent
		const known = new Set(queue.map(a => a.id));
		for (const k of Object.keys(localStorage).filter(k => k.startsWith(mine)).sort()) {
			const a = JSON.parse(localStorage.getItem(k));
			if (known.has(a.id)) continue;
			queue.push({ ...a, key: k });
			if (a.kind !== "undo") done.push(a.id);
		}
	}

	// --- how it stands with the server ---
	let open; // not known yet
	function tell() {
		const el = document.getElementById("link");
		const n = queue.length, lost = open === false, bad = lost || signedOut || wait > 0;
		if (!el || open === undefined) return;
		const text = signedOut ? t("link.signed_out") : lost ? t("link.lost") : n && wait ? t("link.waiting") : n ? t("link.sending") : t("link.open");
		const more = bad && n ? " " + b.n("link.unsent", n) : "";
		const way = signedOut ? " " + t("link.sign_in") : "";
		if (el.textContent !== text + more + way) {
			el.textContent = text + more;
			if (way) { const a = document.createElement("a"); Object.assign(a, { href: "/login", target: "_blank", textContent: way.trim() }); el.append(" ", a); }
		}
		el.classList.toggle("bad", bad);
		desk.classList.toggle("away", bad);
	}
	addEventListener("beforeunload", e => { if (queue.length || held.size) e.preventDefault(); });

	// toast says something for some seconds, aloud for whoever listens.
	function toast(text, kind = "") {
		const box = document.getElementById("toasts");
		const p = document.createElement("p");
		p.className = "notice " + kind;
		p.textContent = text;
		box.prepend(p);
		while (box.children.length > (kind ? 4 : 2)) box.lastChild.remove();
		setTimeout(() => p.remove(), kind ? 15000 : 3500);
	}
	link.toast = toast;

	// --- events ---
	let source, restart;
	function follow() {
		source?.close();
		source = b.follow(link.seq, {
			event(e) {
				if (e.seq <= link.seq) return;
				if (e.seq > link.seq + 1) return follow(); // a hole: ask again from there
				link.seq = e.seq;
				if (/^(phase_changed|paused|resumed|rehearsal)/.test(e.type)) link.refresh("bar");
				link.on.event?.(e);
			},
			capture: s => link.on.capture?.(s),
			said: s => link.on.said?.(s),
			lag: l => link.on.lag?.(l),
			state(s) {
				open = s === "open";
				if (open) { signedOut = false; wait = 0; send(); } // who is let in is signed in, also where that was done in another tab
				if (s === "closed") { clearTimeout(restart); restart = setTimeout(follow, 2000); refused(); }
				link.on.state?.(open);
				tell();
			},
		});
	}
	addEventListener("online", () => { if (!open) follow(); });

	// refused asks why events are refused: whoever is signed out is told what to do.
	async function refused() {
		const r = await b.asked("parts/bar").catch(() => null);
		if (r) { signedOut = r.status === 401; tell(); }
	}

	// --- parts of the page ---
	// morph makes one element like another and leaves alone what a person is in:
	// a field with the focus (an input method may be composing in it), what is
	// marked data-keep, an open <details>.
	function morph(from, to) {
		if (from.isEqualNode(to) || from.dataset?.keep !== undefined && from.contains(document.activeElement)) return;
		if (from.nodeType !== 1 || from.nodeName !== to.nodeName || from.id !== to.id) return from.replaceWith(to.cloneNode(true));
		const typing = from === document.activeElement && from.matches("input, textarea, select");
		if (typing) return;
		for (const a of [...from.attributes])
			if (!to.hasAttribute(a.name) && !["open", "style", "data-touched"].includes(a.name)) from.removeAttribute(a.name);
		for (const a of to.attributes)
			if (from.getAttribute(a.name) !== a.value) from.setAttribute(a.name, a.value);
		if (from.matches("input, textarea, select") && !changed(from)) from.value = to.value;
		const keyed = new Map([...from.children].filter(c => c.id).map(c => [c.id, c]));
		let at = from.firstChild;
		for (const want of [...to.childNodes]) {
			const same = want.id && keyed.get(want.id);
			if (same) {
				if (same !== at) from.insertBefore(same, at); else at = at.nextSibling;
				keyed.delete(want.id);
				morph(same, want);
			} else if (at && at.nodeType === want.nodeType && at.nodeName === want.nodeName && !at.id && !want.id) {
				const next = at.nextSibling;
				if (at.nodeType === 1) morph(at, want); else if (at.data !== want.data) at.data = want.data;
				at = next;
			} else from.insertBefore(want.cloneNode(true), at);
		}
		while (at) { const next = at.nextSibling; at.remove(); at = next; }
	}
	link.morph = morph;

	// changed says that a person has put something into a field.
	const changed = f => f.dataset.touched !== undefined;
	document.addEventListener("input", e => { e.target.dataset.touched = ""; });

	// released waits for the end of a press. What is drawn anew between a press and
	// its release takes the click with it. A press of over a second is no click.
	let release = () => {}, pressed = Promise.resolve();
	addEventListener("pointerdown", e => { if (e.button === 0) pressed = new Promise(f => { release = f; setTimeout(f, 1000); }); }, true);
	for (const over of ["pointerup", "pointercancel"]) addEventListener(over, () => setTimeout(release), true); // after the click
	link.released = () => pressed;

	// part fetches a part of the page, until the server gives or refuses it (null).
	link.part = async (name, query = "") => {
		for (;; await new Promise(f => setTimeout(f, 2000))) {
			try {
				const r = await b.asked(`parts/${name}${query}`);
				if (r.ok) return await r.text();
				if (r.status < 500 && r.status !== 429) return null;
			} catch { /* no answer: again */ }
		}
	};

	// refresh brings a part up to date, once for all that asks within a moment, and once
	// more for what asks while it is fetched: two answers could come in the wrong order.
	const due = new Map();
	link.refresh = (name, query = "", delay = 60) => {
		if (due.has(name)) return link.outdated(name);
		const one = { again: false };
		due.set(name, one);
		setTimeout(async () => {
			one.again = false;
			try {
				const html = await link.part(name, query);
				await link.released();
				if (html === null) return;
				const to = document.createElement("template");
				to.innerHTML = html;
				for (const el of [...to.content.children]) {
					const from = el.id && document.getElementById(el.id);
					if (from) morph(from, el);
				}
				if (name === "bar") turned();
				link.on.refreshed?.(name);
			} finally {
				due.delete(name);
				if (one.again) link.refresh(name, query);
			}
		}, delay);
	};
	// outdated says that a part which is being fetched has changed meanwhile.
	link.outdated = name => { const one = due.get(name); if (one) one.again = true; };
	// behind says that a part stands as it was before something that is known here.
	link.behind = name => due.has(name);

	// What the page offers hangs on whether the record stands. Where that has changed, because
	// somebody approved it, the page is loaded anew, as soon as nothing in it would be lost: an act
	// on its way, a line that somebody types into, a refusal with the words that were refused.
	const stands = () => document.getElementById("meeting-phase")?.dataset.stands !== undefined;
	const stood = stands();
	let turning = 0;
	const atRest = () => !queue.length && !held.size && !document.querySelector("#toasts .problem, #text textarea, dialog[open]");
	function turned() {
		clearInterval(turning);
		if (stands() === stood) return;
		if (!atRest()) toast(t(stood ? "link.reopened" : "link.approved"), "warn");
		turning = setInterval(() => { if (atRest()) location.reload(); }, 200);
	}

	// --- buttons and forms that are acts ---
	// data-act is the kind, data-body the fixed part of the body, data-at how the
	// place is found. A form's fields are added by their names; data-as says what
	// a field's value is.
	const value = f => {
		const v = f.value.trim();
		switch (f.dataset.as) {
		case "number": return v === "" ? 0 : Number(v);
		case "queue": return [...JSON.parse(f.form.dataset.queue), v];
		case "bool": return f.type === "checkbox" ? f.checked : v === "true";
		case "results": return v.split("\n").map(l => l.split(";").map(s => s.trim())).filter(l => l[0]).map(l => ({ name: l[0], votes: Number(l[1]) || 0, elected: Boolean(l[2]) }));
		}
		return v;
	};
	function bodyOf(el, form) {
		const body = { ...JSON.parse(form?.dataset.body || "{}"), ...JSON.parse(el.dataset.body || el.dataset.add || "{}") };
		const only = el.dataset.only?.split(" ");
		for (const f of form?.elements || []) {
			if (!f.name || f.disabled || only && !only.includes(f.name)) continue;
			if (f.dataset.as === "ids") { if (f.checked) (body[f.name] ??= []).push(...f.value.split(" ")); continue; }
			if (f.value === "" && f.dataset.optional !== undefined) continue;
			body[f.name] = value(f);
		}
		return body;
	}
	async function run(el, form) {
		const body = bodyOf(el, form);
		if (el.dataset.at !== undefined) {
			const place = link.place?.(el.dataset.at, form);
			if (place === null) return { ok: false };
			Object.assign(body, place);
		}
		const kind = el.dataset.act;
		const filled = form?.dataset.reset !== undefined ? [...form.elements].map(f => [f, f.value]) : [];
		if (filled.length) { form.reset(); delete form.began; for (const f of form.elements) delete f.dataset.touched; }
		form?.closest("dialog")?.close();
		const r = await link.act(kind, body, el.dataset.base ? { base: Number(el.dataset.base) } : {});
		// What was refused is there again to be put right, unless something else is being written.
		if (!r.ok && !r.done && ![...(form?.elements || [])].some(changed)) for (const [f, v] of filled) { f.value = v; if (v) f.dataset.touched = ""; }
		if (form && form.dataset.reset === undefined && r.ok) for (const f of form.elements) delete f.dataset.touched;
		return r;
	}
	link.run = run;
	document.addEventListener("click", e => {
		const el = e.target.closest?.("button[data-act]");
		if (el && (el.type !== "submit" || !el.form)) { e.preventDefault(); run(el); }
	});
	document.addEventListener("submit", e => {
		const el = e.submitter?.dataset.act ? e.submitter : e.target;
		if (el.dataset.act && !e.defaultPrevented) { e.preventDefault(); run(el, e.target); }
	});

	// --- keys ---
	// A key is a letter where nobody types. What means the same on every keyboard
	// layout is named by its code ("Digit3"), with "shift+" before it.
	const off = "bienban.keys.off";
	let bound = {};
	link.keys = map => { link.bound = bound = map; };
	const typing = el => el.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]");
	document.addEventListener("keydown", e => {
		if (e.defaultPrevented || e.isComposing || e.keyCode === 229) return; // an input method is at work
		if (e.key === "Escape" && typing(e.target) && !e.target.closest("dialog")) return e.target.blur();
		if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector("dialog[open]")) return;
		if ((e.key === "Enter" || e.key === " ") && e.target.closest("button, a, summary, [role=button], input")) return;
		if (localStorage.getItem(off) && e.key !== "?") return;
		// A letter is what the layout says (z on a French keyboard is z); where it says none of a to z, what stands there on an English one.
		const code = /^[a-z]$/i.test(e.key) ? "Key" + e.key.toUpperCase() : e.code;
		const f = bound[(e.shiftKey ? "shift+" : "") + code] || bound[e.key] || (!e.shiftKey && bound[code.replace("Key", "").toLowerCase()]);
		if (f) { e.preventDefault(); f(e); }
	});
	link.help = () => document.getElementById("keys").showModal();
	document.addEventListener("click", e => {
		const open = e.target.closest?.("[data-open]"), close = e.target.closest?.("[data-close]");
		if (open) { const d = document.getElementById(open.dataset.open); d.showModal(); d.querySelector("[autofocus]")?.focus(); }
		if (close) close.closest("dialog").close();
	});
	const keysOn = document.getElementById("keys-on");
	if (keysOn) {
		keysOn.checked = !localStorage.getItem(off);
		keysOn.addEventListener("change", () => keysOn.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1"));
	}

	// clock writes seconds of a recording.
	link.clock = s => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(Math.floor(s) % 60).padStart(2, "0")}`;

	link.start = () => { adopt(); follow(); send(); tell(); };
	b.link = link;
})();
