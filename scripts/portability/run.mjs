// Prints the digests a WebAssembly module of this crate computes: node run.mjs portability.wasm
import { readFile } from "node:fs/promises";

// Nothing to import: the module needs no clock, no entropy and no files from its host.
const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]), {});
const { memory, digests_start, digests_length } = instance.exports;
const length = digests_length(); // computes; memory may grow and move until it returns
process.stdout.write(new TextDecoder().decode(new Uint8Array(memory.buffer, digests_start(), length)));
