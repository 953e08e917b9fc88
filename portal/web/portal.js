// What every page shares: texts, acts, events. Pages show and send without it;
// it saves steps. Other scripts use window.bienban.
"use strict";
(() => {
	const texts = JSON.parse(document.getElementById("texts")?.textContent || "{}");

	// t gives a text that the page brought along, with its values in {0}, {1}, …
	const t = (key, ...values) => (texts[key] ?? "⟦" + key + "⟧").replace(/\{(\d)\}/g, (p, i) => values[i] ?? p);
	// n is t for a number of things.
	const n = (key, count, ...values) => t(key + (count === 1 ? ".one" : ".other"), count, ...values);

	// id makes the id of an act: 128 random bits.
	const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");

	const meeting = document.body.dataset.meeting || "";

	// asked fetches something of the meeting as the person whose page this is: where
	// somebody else has signed in meanwhile, the answer is 401.
	const person = document.body.dataset.account || "";
	const asked = (path, { headers = {}, ...more } = {}) => fetch(`/m/${meeting}/${path}`, { ...more, headers: { "Bienban-Account": person, ...headers } });

	// act sends one act and gives {ok, status, done | problem}. It throws only
	// when no answer came: send the same act (same id) again then.
	async function act(kind, body, { base = 0, id: own = id() } = {}) {
		const r = await asked("acts", {
			method: "POST",
			headers: { "Content-Type": "application/json", "Accept": "application/json" },
			body: JSON.stringify({ id: own, kind, base, body }),
		});
		const answer = await r.json();
		return r.ok || r.status === 409 && answer.seq ? { ok: r.ok, status: r.status, done: answer } : { ok: false, status: r.status, problem: answer };
	}

	// follow listens to the meeting's events from a number on. on has functions
	// by name: event(e), capture(s), said(s), lag(l), state("open" | "lost").
	// EventSource itself sends Last-Event-ID when it connects again.
	function follow(after, on) {
		const source = new EventSource(`/m/${meeting}/events?after=${after}`);
		source.onmessage = m => on.event?.(JSON.parse(m.data));
		for (const kind of ["capture", "said", "lag"])
			source.addEventListener(kind, m => on[kind]?.(JSON.parse(m.data)));
		source.addEventListener("reset", () => location.reload());
		source.onopen = () => on.state?.("open");
		source.onerror = () => {
			on.state?.("lost");
			if (source.readyState === EventSource.CLOSED) // refused: signed out, or the server is full
				setTimeout(() => on.state?.("closed"), 0);
		};
		addEventListener("pagehide", () => source.close(), { once: true });
		return source;
	}

	// part fetches a part of the page again and puts it into its place.
	async function part(name, into, query = "") {
		const r = await asked(`parts/${name}${query}`);
		if (r.ok) into.innerHTML = await r.text();
		return r.ok;
	}

	// A form with data-confirm asks before it is sent; one with data-autosend is sent when a field changes.
	document.addEventListener("submit", e => {
		const q = e.submitter?.dataset.confirm || e.target.dataset.confirm;
		if (q && !confirm(q)) e.preventDefault();
	});
	// What was filled into another form (data-autosend="its id") comes along. On the keyboard a change is
	// no decision yet, since arrows go from one choice to the next: Enter or the form's button is.
	let last = "", waits = false;
	document.addEventListener("pointerdown", () => { last = ""; }, true);
	document.addEventListener("keydown", e => {
		last = e.key;
		if (e.key === "Enter" && waits && e.target.matches("select")) e.target.form.requestSubmit();
	});
	document.addEventListener("change", e => {
		const f = e.target.form;
		if (f?.dataset.autosend === undefined) return;
		waits = last !== "" && last !== "Enter";
		if (!waits) f.requestSubmit();
	});
	document.addEventListener("submit", e => {
		const other = document.getElementById(e.target.dataset.autosend || "");
		for (const [name, value] of other ? new FormData(other) : []) {
			if (e.target.elements[name] || name === "act" || !value) continue;
			const field = document.createElement("input");
			Object.assign(field, { type: "hidden", name, value });
			e.target.append(field);
		}
	});
	// What is written into a field picks the choice that it belongs to.
	document.addEventListener("input", e => {
		const choice = document.getElementById(e.target.dataset.picks || "");
		if (choice) choice.checked = true;
	});

	// The pages of preparing are one line to scroll on a telephone: the one that is shown is in sight.
	const shown = document.querySelector(".contents [aria-current]"), line = shown?.closest(".contents");
	const center = () => { line.scrollLeft += shown.getBoundingClientRect().left - line.getBoundingClientRect().left - (line.clientWidth - shown.offsetWidth) / 2; };
	if (line) { center(); addEventListener("resize", center); }

	// A table copied in Word comes in as lines with tabs between the columns, each cell
	// on one line: as plain text a cell of two paragraphs would be two rows.
	document.addEventListener("paste", e => {
		const html = e.target.dataset?.paste === "table" && e.clipboardData.getData("text/html");
		const rows = html && new DOMParser().parseFromString(html, "text/html").querySelectorAll("tr");
		if (!rows?.length) return;
		const cell = c => [c.textContent.replace(/\s+/g, " ").trim(), ...Array(c.colSpan - 1).fill("")];
		const text = Array.from(rows, r => Array.from(r.cells).flatMap(cell).join("\t")).join("\n");
		e.preventDefault();
		e.target.setRangeText(text, e.target.selectionStart, e.target.selectionEnd, "end");
		e.target.dispatchEvent(new Event("input", { bubbles: true }));
	});

	window.bienban = { t, n, id, meeting, asked, act, follow, part };
})();
