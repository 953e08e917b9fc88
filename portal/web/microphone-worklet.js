// In the audio thread: gathers blocks of 128 samples to a tenth of a second and
// hands them to the worker, with the clock's time at their end.
"use strict";
registerProcessor("gather", class extends AudioWorkletProcessor {
	constructor() {
		super();
		this.size = Math.round(sampleRate / 10);
		this.block = new Float32Array(this.size);
		this.n = 0;
		this.port.onmessage = e => { this.out = e.data.port; };
	}
	process([input]) {
		const from = input[0] || new Float32Array(128); // nothing connected is silence, as long as it lasts
		for (let i = 0; i < from.length; i++) {
			this.block[this.n++] = from[i];
			if (this.n === this.size) {
				this.out?.postMessage({ block: this.block, at: Date.now() }, [this.block.buffer]);
				this.block = new Float32Array(this.size);
				this.n = 0;
			}
		}
		return true;
	}
});
