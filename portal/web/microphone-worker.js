// Beside the page: writes samples into files of this origin's private file
// system, sends them, and lets a file go when the server has all of it on its
// disk. A file's name is the number of its first sample in the stream, so that
// a stretch without a file is known to be lost, and how long it was.
"use strict";
//
// When the recording of the stream has ended while something is left here, that
// goes into a recording of its own, whose sample 0 is this stream's sample base.
let folder, files = [], rate = 0, end = 0, endAt = 0, meta, path = "", to = "", base = 0, label = "", stored = 0, taken = 0, current = null, sending = false, stopping = false, wait = 0, over = false, stopped = false;
const seconds = 60; // of a file
const most = 400000; // samples of a part; the server takes 480,000
const say = m => postMessage(m);

async function open(o) {
	path = o.url; to = o.to; base = o.base; rate = o.rate; label = o.label; stored = taken = base;
	const root = await navigator.storage.getDirectory();
	folder = await (await root.getDirectoryHandle("microphone", { create: true })).getDirectoryHandle(o.stream, { create: true });
	for await (const [name, handle] of folder.entries()) {
		const m = /^(\d+)\.pcm$/.exec(name);
		if (!m) continue;
		const size = (await handle.getFile()).size >> 1;
		if (size) files.push({ first: Number(m[1]), n: size, handle, name }); else await folder.removeEntry(name);
	}
	files.sort((a, b) => a.first - b.first);
	const h = await (await folder.getFileHandle("clock", { create: true })).createSyncAccessHandle();
	meta = h;
	const kept = new BigInt64Array(2);
	if (h.getSize() >= 16) { h.read(new Uint8Array(kept.buffer), { at: 0 }); end = Number(kept[0]); endAt = Number(kept[1]); }
	for (const f of files) end = Math.max(end, f.first + f.n);
	await state();
	if (over) return clear();
	// The server may have more than this browser remembers, never less than it was told.
	end = Math.max(end, taken);
	say({ ready: true, end, stored });
	send();
}

async function state() {
	for (let pause = 500; ; pause = Math.min(10000, pause * 2)) {
		try {
			const r = await fetch(path + to, { headers: { Accept: "application/json" } });
			if (r.ok) { say({ link: true }); return learn(await r.json()); }
			if (r.status < 500 && r.status !== 429) say({ refused: r.status });
		} catch { /* again */ }
		say({ link: false });
		await new Promise(f => setTimeout(f, pause));
	}
}

// learn takes in what the server says of the stream.
function learn(st) {
	stored = base + st.stored; taken = base + st.taken;
	if (st.over) say({ over: true });
	if (!st.ended) return;
	// The last second before a rehearsal is discarded is worth no recording.
	if (end - taken < (st.over ? 1 : rate)) { over = true; say({ ended: true }); return; }
	base = stored = taken;
	to = Array.from(crypto.getRandomValues(new Uint8Array(16)), v => v.toString(16).padStart(2, "0")).join("");
	say({ moved: { to, base } });
}

async function begin() { // the next file
	if (current?.sync) { current.sync.flush(); current.sync.close(); current.sync = null; }
	const name = end + ".pcm", handle = await folder.getFileHandle(name, { create: true });
	current = { first: end, n: 0, handle, name, sync: await handle.createSyncAccessHandle() };
	files.push(current);
}

// take writes a block. Blocks come one after the other, also while a file is opened.
let line = Promise.resolve(), flushed = 0;
const take = m => { line = line.then(() => write(m)).catch(e => say({ problem: String(e) })); };
async function write({ block, at }) {
	if (stopped) return;
	// Between the last block and this one the clock went on by more than the block is long: what was said then is lost.
	const gap = endAt ? at - endAt - block.length / rate * 1000 : 0;
	if (gap > 500) { end += Math.round(gap / 1000 * rate); if (current) { current.sync.flush(); current.sync.close(); current.sync = null; } current = null; say({ gap: gap / 1000 }); }
	if (!current || current.n >= seconds * rate) await begin();
	const pcm = new Int16Array(block.length);
	let peak = 0;
	for (let i = 0; i < block.length; i++) {
		const v = Math.max(-1, Math.min(1, block[i]));
		if (Math.abs(v) > peak) peak = Math.abs(v);
		pcm[i] = Math.round(v * 32767);
	}
	current.sync.write(new Uint8Array(pcm.buffer), { at: current.n * 2 });
	current.n += pcm.length;
	end += pcm.length;
	endAt = at;
	if (at - flushed >= 1000) { flush(); flushed = at; }
	say({ level: peak, end, stored, kept: end - stored });
	send();
}
function flush() {
	current?.sync?.flush();
	meta.write(new Uint8Array(BigInt64Array.of(BigInt(end), BigInt(endAt)).buffer), { at: 0 });
	meta.flush();
	current && (current.safe = current.n);
}

async function read(f, from, n) {
	const b = new Uint8Array(n * 2);
	if (f.sync) { f.sync.read(b, { at: (from - f.first) * 2 }); return b; }
	return new Uint8Array(await (await f.handle.getFile()).slice((from - f.first) * 2, (from - f.first + n) * 2).arrayBuffer());
}

// send sends what the server does not have, in order, for as long as there is something.
async function send() {
	if (sending || over) return;
	sending = true;
	while (!over) {
		const f = files.find(f => f.first + f.n > taken);
		if (!f) break;
		const from = Math.max(taken, f.first), n = Math.min(most, f.first + f.n - from);
		if (n < rate / 2 && !stopping && f === current) break; // half a second at least, so that requests are few
		const body = await read(f, from, n);
		const age = Math.max(0, Math.round(Date.now() - (endAt - (end - from) / rate * 1000)));
		let r;
		try {
			r = await fetch(`${path}${to}?at=${from - base}&rate=${rate}&lost=${from - taken}&age=${age}&label=${encodeURIComponent(label)}`,
				{ method: "POST", headers: { Accept: "application/json", "Content-Type": "application/octet-stream" }, body });
		} catch { /* again */ }
		if (r?.ok) {
			wait = 0;
			learn(await r.json());
			say({ link: true, end, stored, kept: end - stored });
			await letGo();
			continue;
		}
		if (r?.status === 409) {
			await state();
			continue;
		}
		if (r && r.status < 500 && r.status !== 429) say({ refused: r.status });
		say({ link: false, kept: end - stored });
		wait = Math.min(10000, wait * 2 || 500);
		await new Promise(f => setTimeout(f, wait));
		if (wait >= 2000 || !r) await state(); // the server may have been restarted: ask what it has
	}
	sending = false;
}
async function letGo() {
	while (files.length && files[0] !== current && files[0].first + files[0].n <= stored) await folder.removeEntry(files.shift().name).catch(() => {});
}

async function stop() {
	if (stopping) return;
	await line;
	stopped = true;
	if (current) flush();
	stopping = true;
	while (sending) await new Promise(f => setTimeout(f, 50));
	await send();
	for (let pause = 300; !over; pause = Math.min(5000, pause * 2)) {
		try { const r = await fetch(`${path}${to}/end`, { method: "POST", headers: { Accept: "application/json" } }); if (r.ok) break; } catch { /* again */ }
		await new Promise(f => setTimeout(f, pause));
	}
	await clear();
	say({ done: true });
}

// clear leaves nothing of the stream in this browser.
async function clear() {
	current?.sync?.close();
	meta.close();
	for (const f of files) await folder.removeEntry(f.name).catch(() => {});
	await folder.removeEntry("clock").catch(() => {});
}

onmessage = e => {
	if (e.data.port) { e.data.port.onmessage = m => take(m.data); return; }
	if (e.data.open) open(e.data.open).catch(err => say({ problem: String(err) }));
	if (e.data.stop) stop();
};
