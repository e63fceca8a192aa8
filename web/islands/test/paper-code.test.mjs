// node --test web/islands/test/paper-code.test.mjs
// Needs typescript (web/node_modules, or NODE_PATH) to strip the types. MADANG_SAMPLES names a folder of
// codes and keys written by the server (documents_write_samples), which are then verified as well.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { webcrypto } from "node:crypto";
import { fileURLToPath, pathToFileURL } from "node:url";

globalThis.crypto ??= webcrypto;
const require = createRequire(import.meta.url);
let compiler;
try {
  compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
} catch {
  console.log("skip: npm package typescript is not installed");
  process.exit(0);
}
const out = mkdtempSync(join(tmpdir(), "madang-paper-code-"));
process.on("exit", () => rmSync(out, { recursive: true }));
execFileSync(process.execPath, [compiler, "--strict", "--target", "es2022", "--module", "esnext",
  "--lib", "es2022,dom", "--types", "", "--ignoreConfig", "--outDir", out,
  fileURLToPath(new URL("../src/paper-code.ts", import.meta.url))], { stdio: "inherit" });
renameSync(join(out, "paper-code.js"), join(out, "paper-code.mjs"));
const { decodeBase45, decodePaperCode, readCbor, verifyPaperCode } = await import(
  pathToFileURL(join(out, "paper-code.mjs")));

const hex = (s) => Uint8Array.from(Buffer.from(s, "hex"));
const code = (name) => (e) => e.code === name;

test("base45 reads the examples of RFC 9285 section 4.4 and refuses those of section 6", () => {
  assert.equal(Buffer.from(decodeBase45("QED8WEX0")).toString(), "ietf!");
  assert.equal(Buffer.from(decodeBase45("%69 VD92EX0")).toString(), "Hello!!");
  for (const bad of ["GGW1", "GGX", "::", "ab8"]) assert.throws(() => decodeBase45(bad));
});

test("CBOR reads appendix A of RFC 8949 and refuses a second way of saying the same", () => {
  assert.equal(readCbor(hex("1a000f4240")), 1000000);
  assert.equal(readCbor(hex("3903e7")), -1000);
  assert.equal(readCbor(hex("63e6b0b4")), "\u6c34");
  assert.deepEqual(readCbor(hex("a201020304")), { pairs: [[1, 2], [3, 4]] });
  for (const [bytes, why] of [["1817", "cbor.not_canonical"], ["9f01ff", "cbor.not_canonical"],
    ["a2616201616101", "cbor.not_canonical"], ["a2616101616102", "cbor.not_canonical"],
    ["0000", "cbor.trailing"], ["9bffffffffffffffff", "cbor.unsupported"], ["8201", "cbor.truncated"],
    ["f93c00", "cbor.unsupported"], ["62c328", "cbor.not_utf8"]])
    assert.throws(() => readCbor(hex(bytes)), code(why), bytes);
});

// A code made by hand with Node's own crypto and zlib, after docs/paper-code.md.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const base45 = (bytes) => {
  let out = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let n = pair ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    for (let k = 0; k < (pair ? 3 : 2); k++, n = Math.floor(n / 45)) out += alphabet[n % 45];
  }
  return out;
};
const text = (s) => {
  const b = Buffer.from(s);
  return Buffer.concat([b.length < 24 ? Buffer.of(0x60 + b.length) : Buffer.of(0x78, b.length), b]);
};
const octets = (b) =>
  Buffer.concat([b.length < 24 ? Buffer.of(0x40 + b.length) : Buffer.of(0x58, b.length), b]);

async function make({ issued = "2026-11-23", algorithm = 0x26 } = {}) {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true,
    ["sign", "verify"]);
  const spki = Buffer.from(await crypto.subtle.exportKey("spki", pair.publicKey));
  const id = Buffer.from(await crypto.subtle.digest("SHA-256", spki)).subarray(0, 8);
  const header = Buffer.concat([Buffer.of(0xa2, 0x01, algorithm, 0x04), octets(id)]);
  const payload = Buffer.concat([Buffer.of(0xa5, 1), text("2026-1"), Buffer.of(2),
    text("land-register"), Buffer.of(3), text(issued), Buffer.of(4), octets(Buffer.alloc(16, 7)),
    Buffer.of(5, 0xa1), text("성명"), text("정*호")]);
  const signedBytes = Buffer.concat([Buffer.of(0x84), text("Signature1"), octets(header),
    octets(Buffer.alloc(0)), octets(payload)]);
  const signature = Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" },
    pair.privateKey, signedBytes));
  const cose = Buffer.concat([Buffer.of(0xd2, 0x84), octets(header), Buffer.of(0xa0),
    octets(payload), octets(signature)]);
  const raw = Buffer.from(await crypto.subtle.exportKey("raw", pair.publicKey));
  const seal = { id: id.toString("base64url"), key: raw.toString("base64url"), name: "무안군수" };
  return { text: "MD1:" + base45(deflateSync(cose)), list: { made: "2026-11-23", seals: [seal] } };
}

test("a code made by hand is verified and says its facts", async () => {
  const made = await make();
  const { facts, seal } = await verifyPaperCode(made.text, made.list);
  assert.equal(facts.number, "2026-1");
  assert.equal(facts.kind, "land-register");
  assert.equal(facts.fields["성명"], "정*호");
  assert.equal(seal.name, "무안군수");
});

test("each fault has its code", async () => {
  const made = await make(), other = await make();
  const wrongKey = [{ ...other.list.seals[0], id: made.list.seals[0].id }];
  await assert.rejects(verifyPaperCode(made.text, { ...made.list, seals: [] }), code("code.unknown_key"));
  await assert.rejects(verifyPaperCode(made.text, { ...made.list, seals: wrongKey }), code("code.signature"));
  await assert.rejects(verifyPaperCode(made.text, { ...made.list,
    seals: [{ ...made.list.seals[0], until: "2026-11-22" }] }), code("code.after_revocation"));
  await assert.rejects(decodePaperCode("HC1:6BF"), code("code.prefix"));
  await assert.rejects(decodePaperCode("MD1:ABC"), code("code.inflate"));
  await assert.rejects(decodePaperCode("MD1:" + "0".repeat(3000)), code("code.too_long"));
  await assert.rejects(decodePaperCode((await make({ algorithm: 0x27 })).text), code("cose.algorithm"));
  await assert.rejects(decodePaperCode((await make({ issued: "yesterday" })).text), code("code.facts"));
});

test("any letter changed is noticed", async () => {
  const made = await make();
  for (let i = 0; i < made.text.length; i += 7) {
    const changed = made.text.slice(0, i) + (made.text[i] === "A" ? "B" : "A") + made.text.slice(i + 1);
    await assert.rejects(verifyPaperCode(changed, made.list));
  }
});

const samples = process.env.MADANG_SAMPLES;
test("codes the server made are verified", { skip: !samples || !existsSync(samples) }, async () => {
  const names = readdirSync(samples).filter((n) => n.endsWith(".code"));
  assert.ok(names.length >= 6);
  for (const name of names) {
    const text = readFileSync(`${samples}/${name}`, "utf8");
    const key = readFileSync(`${samples}/${name.replace(".code", ".key")}`, "utf8");
    const spki = await crypto.subtle.exportKey("spki", await crypto.subtle.importKey("raw",
      Buffer.from(key, "base64url"), { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]));
    const id = Buffer.from(await crypto.subtle.digest("SHA-256", spki)).subarray(0, 8);
    const { facts } = await verifyPaperCode(text,
      { made: "2026-11-23", seals: [{ id: id.toString("base64url"), key, name }] });
    assert.equal(facts.number, "2026-1123-000123");
  }
});
