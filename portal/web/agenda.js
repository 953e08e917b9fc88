// Moving items of the agenda without loading the page anew: by the buttons, by
// Alt and an arrow key, or by dragging. What others change shows at once.
"use strict";
(() => {
	const list = document.getElementById("agenda");
	const said = document.getElementById("agenda-said");
	if (!list) return;
	const may = list.dataset.may === "yes";
	let seq = Number(list.dataset.seq);

	const title = item => item.querySelector("strong").textContent;
	const busy = () => list.querySelector("details[open]") || list.contains(document.activeElement) && document.activeElement.matches("input, select");

	async function refresh(focus) {
		await bienban.part("agenda", list);
		arm();
		if (focus) (document.getElementById(focus + "") || list).focus();
	}

	// siblings of an item, in their order
	const siblings = parent => Array.from(list.querySelectorAll(".item")).filter(x => x.dataset.parent === parent);

	async function move(item, body, focus) {
		const name = title(item);
		const r = await bienban.act("item_moved", { id: item.dataset.item, ...body }, { base: seq });
		if (r.done) seq = r.done.seq;
		await refresh(focus);
		said.textContent = r.ok ? bienban.t("js.agenda.moved", name) : bienban.t("js.agenda.failed", r.problem?.message ?? "");
	}

	// where gives the act that one of the buttons stands for, as the server has it (moved in agenda.go).
	function where(item, how) {
		const parent = item.dataset.parent, of = siblings(parent), i = of.indexOf(item);
		if (how === "up" && i > 0) return { parent, after: i > 1 ? of[i - 2].dataset.item : "^" };
		if (how === "down" && i < of.length - 1) return { parent, after: of[i + 1].dataset.item };
		if (how === "in" && i > 0) return { parent: of[i - 1].dataset.item, after: "" };
		if (how === "out" && parent) return { parent: document.getElementById(parent).dataset.parent, after: parent };
		return null;
	}

	if (may) {
		list.addEventListener("submit", e => {
			const how = e.submitter?.value, item = e.target.closest(".item");
			const to = e.target.classList.contains("moves") && where(item, how);
			if (!to) return;
			e.preventDefault();
			move(item, to, e.submitter.id);
		});
		list.addEventListener("keydown", e => {
			const how = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" }[e.key];
			const item = e.target.closest(".item");
			if (!e.altKey || !how || !item || e.target.matches("input, select, textarea")) return;
			e.preventDefault();
			const to = where(item, how);
			if (to) move(item, to, item.id);
		});
	}

	let dragged = null;
	function arm() {
		if (!may) return;
		for (const item of list.querySelectorAll(".item")) {
			item.tabIndex = 0;
			const handle = item.querySelector(".n");
			handle.draggable = true;
			handle.addEventListener("dragstart", e => {
				dragged = item;
				e.dataTransfer.effectAllowed = "move";
				e.dataTransfer.setData("text/plain", title(item));
				item.classList.add("dragging");
			});
			handle.addEventListener("dragend", () => {
				item.classList.remove("dragging");
				dragged = null;
			});
			item.addEventListener("dragover", e => {
				if (!dragged || dragged === item || inside(item, dragged)) return;
				e.preventDefault();
				item.classList.add("over");
			});
			item.addEventListener("dragleave", () => item.classList.remove("over"));
			item.addEventListener("drop", e => {
				e.preventDefault();
				item.classList.remove("over");
				if (!dragged || dragged === item) return;
				const of = siblings(item.dataset.parent).filter(x => x !== dragged), i = of.indexOf(item);
				move(dragged, { parent: item.dataset.parent, after: i > 0 ? of[i - 1].dataset.item : "^" }, dragged.id);
			});
		}
	}

	// inside says whether an item is a part of another one.
	function inside(item, of) {
		for (let p = item.dataset.parent; p; p = document.getElementById(p)?.dataset.parent)
			if (p === of.dataset.item) return true;
		return false;
	}

	arm();
	if (window.EventSource) bienban.follow(seq, {
		event(e) {
			seq = Math.max(seq, e.seq);
			if (/^(item|items|agenda)_/.test(e.type) && e.body?.user !== undefined && !busy()) refresh(document.activeElement?.id);
		},
	});
})();
