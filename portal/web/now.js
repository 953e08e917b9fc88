// The overview of a meeting that is under way: what the hall is at, and results as soon
// as they are published. The whole hall may look at it.
"use strict";
(() => {
	const b = window.bienban, now = document.getElementById("now");
	if (!now?.dataset.seq) return;
	let due = 0;
	b.follow(Number(now.dataset.seq), {
		event() {
			if (!due) due = setTimeout(async () => {
				due = 0;
				await b.part("now", now);
				const r = await b.asked("parts/bar");
				if (r.ok) document.getElementById("meeting-phase").outerHTML = await r.text();
			}, 300);
		},
	});
})();
