"""Serves one GGUF model by llama.cpp's own server, from PyPI's xllamacpp.

Arguments: model file, port on 127.0.0.1, context tokens, threads. Ends when
standard input ends, so that it never outlives the program that started it.
"""

import os
import sys

import xllamacpp

model, port, context, threads = sys.argv[1], *map(int, sys.argv[2:5])

params = xllamacpp.CommonParams()
params.model.path = model
params.hostnames = ["127.0.0.1"]
params.port = port
params.n_ctx = context
params.n_parallel = 1  # one request at a time gets the whole context
params.cpuparams.n_threads = threads
params.cpuparams_batch.n_threads = threads
params.cache_ram_mib = 0  # its default keeps up to 8 GiB of old prompts
# A page in a browser on this machine must not read answers or other prompts.
params.cors_origins = f"http://127.0.0.1:{port}"
params.endpoint_slots = False
params.ui = False

server = xllamacpp.Server(params)
print("serving", server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
