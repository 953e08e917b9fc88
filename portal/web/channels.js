// Levels of the microphones while something is being recorded.
"use strict";
(() => {
	const table = document.getElementById("channels");
	const silent = document.getElementById("no-capture");
	if (!table || !window.EventSource) return;
	const meters = new Map(Array.from(table.querySelectorAll("meter"), m => [Number(m.dataset.channel), m]));
	let last = 0;
	const show = () => silent.classList.toggle("hidden", Date.now() - last < 3000);
	setTimeout(show, 3000);
	setInterval(show, 1500);
	bienban.follow(Number(table.dataset.seq), {
		capture(c) {
			last = Date.now();
			(c.levels?.channels || []).forEach((l, i) => {
				const m = meters.get(i + 1);
				if (m) m.value = Math.max(-60, l.rms);
			});
		},
	});
})();
