"""Transcribes one file with faster-whisper: WEIGHTS FILE THREADS BEAM PROMPT, text to standard output."""
import sys
from faster_whisper import WhisperModel

weights, file, threads, beam, prompt = sys.argv[1:6]
model = WhisperModel(weights, device="cpu", compute_type="int8", cpu_threads=int(threads))
segments, _ = model.transcribe(file, language="en", beam_size=int(beam), initial_prompt=prompt or None)
print("".join(s.text for s in segments))
