// Reads and verifies the code on paper (docs/paper-code.md) in the browser, without a network: base45,
// zlib by DecompressionStream, deterministic CBOR, COSE_Sign1 with ES256 by WebCrypto.
// Types only that a browser can strip: no enum, no namespace, no parameter properties.

export type Seal = { id: string; key: string; name: string; until?: string };
export type SealList = { made: string; seals: Seal[] };

export type PaperFacts = {
  number: string;
  kind: string;
  issued: string;
  content: Uint8Array;
  fields: Record<string, string>;
};

// `code` is stable; the sentence for it is the page's.
export class PaperCodeError extends Error {
  code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const prefix = "MD1:";
const longestText = 2000;
const longestCose = 4096;
const deepest = 16;

const refuse = (code: string): never => {
  throw new PaperCodeError(code);
};

// RFC 9285
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export function decodeBase45(text: string): Uint8Array {
  if (text.length % 3 === 1) refuse("code.base45");
  const out: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map((c) => alphabet.indexOf(c));
    if (digits.some((d) => d < 0)) refuse("code.base45");
    const [low = 0, middle = 0, high = 0] = digits;
    const n = low + middle * 45 + high * 2025;
    if (n > (digits.length === 3 ? 65535 : 255)) refuse("code.base45");
    if (digits.length === 3) out.push(n >> 8);
    out.push(n & 255);
  }
  return Uint8Array.from(out);
}

// RFC 1950. A stream with something after it is an error in DecompressionStream, as we want.
async function inflate(packed: Uint8Array): Promise<Uint8Array> {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  // Errors arrive at the reading side as well; unhandled ones would only be noise.
  writer.write(packed as BufferSource).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > longestCose) {
        void reader.cancel().catch(() => {});
        return refuse("code.inflate");
      }
      parts.push(value);
    }
  } catch {
    return refuse("code.inflate");
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// CBOR in deterministic form (RFC 8949 section 4.2.1); maps keep their order as pairs.
export type Cbor =
  | null | boolean | number | string | Uint8Array | Cbor[]
  | { pairs: [Cbor, Cbor][] } | { tag: number; content: Cbor };

class CborReader {
  data: Uint8Array;
  at = 0;
  constructor(data: Uint8Array) {
    this.data = data;
  }

  whole(): Cbor {
    const v = this.item(0);
    if (this.at !== this.data.length) refuse("cbor.trailing");
    return v;
  }

  octet(): number {
    const octet = this.data[this.at++];
    return octet === undefined ? refuse("cbor.truncated") : octet;
  }

  length(info: number): number {
    if (info < 24) return info;
    if (info > 27) refuse("cbor.not_canonical");
    const octets = 1 << (info - 24);
    let n = 0;
    for (let i = 0; i < octets; i++) n = n * 256 + this.octet();
    const least = octets === 1 ? 24 : 2 ** (4 * octets);
    if (n < least) refuse("cbor.not_canonical");
    if (n > Number.MAX_SAFE_INTEGER) refuse("cbor.unsupported");
    return n;
  }

  run(n: number): Uint8Array {
    if (n > this.data.length - this.at) refuse("cbor.truncated");
    this.at += n;
    return this.data.subarray(this.at - n, this.at);
  }

  item(depth: number): Cbor {
    if (depth > deepest) refuse("cbor.too_deep");
    const first = this.octet();
    const major = first >> 5;
    const info = first & 31;
    if (major === 7) {
      if (info === 20) return false;
      if (info === 21) return true;
      if (info === 22) return null;
      return refuse("cbor.unsupported");
    }
    const n = this.length(info);
    switch (major) {
      case 0: return n;
      case 1: return -1 - n;
      case 2: return this.run(n).slice();
      case 3:
        try {
          return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.run(n));
        } catch (e) {
          if (e instanceof PaperCodeError) throw e;
          return refuse("cbor.not_utf8");
        }
      case 4: {
        if (n > this.data.length - this.at) refuse("cbor.truncated");
        const items: Cbor[] = [];
        for (let i = 0; i < n; i++) items.push(this.item(depth + 1));
        return items;
      }
      case 5: return { pairs: this.pairs(n, depth) };
      default: return { tag: n, content: this.item(depth + 1) };
    }
  }

  pairs(n: number, depth: number): [Cbor, Cbor][] {
    if (n > (this.data.length - this.at) / 2) refuse("cbor.truncated");
    const out: [Cbor, Cbor][] = [];
    let last: Uint8Array | undefined;
    for (let i = 0; i < n; i++) {
      const from = this.at;
      const key = this.item(depth + 1);
      const encoded = this.data.subarray(from, this.at);
      if (last && compare(last, encoded) >= 0) refuse("cbor.not_canonical");
      last = encoded;
      out.push([key, this.item(depth + 1)]);
    }
    return out;
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export const readCbor = (data: Uint8Array): Cbor => new CborReader(data).whole();

function head(major: number, n: number): number[] {
  if (n < 24) return [(major << 5) | n];
  if (n < 256) return [(major << 5) | 24, n];
  return [(major << 5) | 25, n >> 8, n & 255];   // nothing here is longer than 4096 octets
}

// Sig_structure of RFC 9052 section 4.4.
function toBeSigned(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const context = new TextEncoder().encode("Signature1");
  return Uint8Array.from([
    ...head(4, 4), ...head(3, context.length), ...context, ...head(2, header.length), ...header,
    ...head(2, 0), ...head(2, payload.length), ...payload,
  ]);
}

type Signed = { header: Uint8Array; keyId: Uint8Array; payload: Uint8Array; signature: Uint8Array };

function readCose(data: Uint8Array): Signed {
  const top = readCbor(data);
  if (!isTagged(top) || top.tag !== 18 || !Array.isArray(top.content) || top.content.length !== 4)
    return refuse("cose.malformed");
  const [header, open, payload, signature] = top.content;
  if (!(header instanceof Uint8Array) || !(payload instanceof Uint8Array) ||
      !(signature instanceof Uint8Array) || open === undefined || !isMap(open) || open.pairs.length !== 0)
    return refuse("cose.malformed");
  const inner = readCbor(header);
  if (!isMap(inner)) return refuse("cose.malformed");
  if (member(inner, 1) !== -7) return refuse("cose.algorithm");
  const keyId = member(inner, 4);
  if (!(keyId instanceof Uint8Array) || inner.pairs.length !== 2 || signature.length !== 64)
    return refuse("cose.malformed");
  return { header, keyId, payload, signature };
}

const isMap = (v: Cbor): v is { pairs: [Cbor, Cbor][] } =>
  typeof v === "object" && v !== null && "pairs" in v;
const isTagged = (v: Cbor): v is { tag: number; content: Cbor } =>
  typeof v === "object" && v !== null && "tag" in v;
const member = (map: { pairs: [Cbor, Cbor][] }, key: Cbor): Cbor | undefined =>
  map.pairs.find(([k]) => k === key)?.[1];

function readFacts(payload: Uint8Array): PaperFacts {
  const map = readCbor(payload);
  if (!isMap(map)) return refuse("code.facts");
  const [number, kind, issued, content, named] = [1, 2, 3, 4, 5].map((k) => member(map, k));
  if (typeof number !== "string" || typeof kind !== "string" || typeof issued !== "string" ||
      !/^\d{4}-\d\d-\d\d$/.test(issued) || !(content instanceof Uint8Array) ||
      content.length !== 16 || map.pairs.length !== (named === undefined ? 4 : 5))
    return refuse("code.facts");
  const fields: Record<string, string> = Object.create(null);
  if (named !== undefined) {
    if (!isMap(named)) return refuse("code.facts");
    for (const [name, value] of named.pairs) {
      if (typeof name !== "string" || typeof value !== "string") return refuse("code.facts");
      fields[name] = value;
    }
  }
  return { number, kind, issued, content, fields };
}

export function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

async function signedBy(s: Signed, point: Uint8Array): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", point as BufferSource,
    { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, s.signature as BufferSource,
    toBeSigned(s.header, s.payload) as BufferSource);
}

async function open(text: string): Promise<Signed> {
  if (text.length > longestText) refuse("code.too_long");
  if (!text.startsWith(prefix)) refuse("code.prefix");
  return readCose(await inflate(decodeBase45(text.slice(prefix.length))));
}

// What the code says, unverified: only to tell what somebody holds.
export async function decodePaperCode(text: string): Promise<PaperFacts> {
  return readFacts((await open(text)).payload);
}

// Throws PaperCodeError: code.unknown_key, code.signature, code.after_revocation, or why it cannot
// be read.
export async function verifyPaperCode(
  text: string, list: SealList,
): Promise<{ facts: PaperFacts; seal: Seal }> {
  const signed = await open(text);
  const candidates = list.seals.filter((s) => compare(fromBase64Url(s.id), signed.keyId) === 0);
  if (candidates.length === 0) return refuse("code.unknown_key");
  for (const seal of candidates) {
    if (!(await signedBy(signed, fromBase64Url(seal.key)))) continue;
    const facts = readFacts(signed.payload);
    if (seal.until && facts.issued > seal.until) return refuse("code.after_revocation");
    return { facts, seal };
  }
  return refuse("code.signature");
}
