/**
 * XXH3 (not XXH64) of byte ranges, in 32-bit halves: BigInt would cost ten times as much. The 64-bit form with a seed
 * decides node boundaries, the 128-bit form without seed identifies keyless rows.
 *
 * A 64-bit number is a pair (high, low) of int32; functions that return one leave it in `OUT`, because an array costs
 * an allocation and a module variable a boxed number.
 */

const SECRET = Uint8Array.from(
  Buffer.from(
    'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
    'hex',
  ),
);

/** Where functions leave their 64-bit result: high, low. */
const OUT = new Int32Array(2);

// Primes of the algorithm: high and low halves.
const P64_1H = 0x9e3779b1 | 0;
const P64_1L = 0x85ebca87 | 0;
const P64_2H = 0xc2b2ae3d | 0;
const P64_2L = 0x27d4eb4f | 0;
const P64_3H = 0x165667b1 | 0;
const P64_3L = 0x9e3779f9 | 0;
const P64_4H = 0x85ebca77 | 0;
const P64_4L = 0xc2b2ae63 | 0;
const P64_5H = 0x27d4eb2f | 0;
const P64_5L = 0x165667c5 | 0;
const P32_1 = 0x9e3779b1 | 0;
const P32_2 = 0x85ebca77 | 0;
const P32_3 = 0xc2b2ae3d | 0;
const MX1H = 0x16566791 | 0;
const MX1L = 0x9e3779f9 | 0;
const MX2H = 0x9fb21c65 | 0;
const MX2L = 0x1e98df25 | 0;

function read32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function swap32(n: number): number {
  return (n << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24);
}

/** 1 where the 32-bit sum `sum = a + b` overflowed. */
function carry(sum: number, a: number): number {
  return sum >>> 0 < a >>> 0 ? 1 : 0;
}

/** The high half of the product of two u32. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const t = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const u = (Math.imul(a0, b1) + (t & 0xffff)) | 0;
  return (Math.imul(a1, b1) + (t >>> 16) + (u >>> 16)) | 0;
}

/** The low 64 bits of a product. */
function multiply(ah: number, al: number, bh: number, bl: number): void {
  OUT[0] = multiplyHigh(al, bl) + Math.imul(ah, bl) + Math.imul(al, bh);
  OUT[1] = Math.imul(al, bl);
}

/** The 128-bit product, in `WIDE`: high half (high, low), low half (high, low). */
const WIDE = new Int32Array(4);

function multiplyWide(ah: number, al: number, bh: number, bl: number): void {
  const low = Math.imul(al, bl);
  const llh = multiplyHigh(al, bl);
  const hll = Math.imul(ah, bl);
  const hlh = multiplyHigh(ah, bl);
  const lhl = Math.imul(al, bh);
  const lhh = multiplyHigh(al, bh);
  const hhl = Math.imul(ah, bh);
  const hhh = multiplyHigh(ah, bh);
  const s1 = (llh + hll) | 0;
  const c1 = carry(s1, llh);
  const s2 = (s1 + lhl) | 0;
  const c2 = carry(s2, s1);
  const t1 = (hhl + hlh) | 0;
  const d1 = carry(t1, hhl);
  const t2 = (t1 + lhh) | 0;
  const d2 = carry(t2, t1);
  const t3 = (t2 + c1 + c2) | 0;
  const d3 = carry(t3, t2);
  WIDE[0] = hhh + d1 + d2 + d3;
  WIDE[1] = t3;
  WIDE[2] = s2;
  WIDE[3] = low;
}

/** Both halves of the 128-bit product, xor-ed. */
function multiplyFold(ah: number, al: number, bh: number, bl: number): void {
  multiplyWide(ah, al, bh, bl);
  OUT[0] = WIDE[0]! ^ WIDE[2]!;
  OUT[1] = WIDE[1]! ^ WIDE[3]!;
}

/** XXH64's finish. */
function avalanche64(h: number, l: number): void {
  // h ^= h >> 33
  multiply(h, l ^ (h >>> 1), P64_2H, P64_2L);
  h = OUT[0]!;
  l = OUT[1]!;
  // h ^= h >> 29
  multiply(h ^ (h >>> 29), l ^ ((l >>> 29) | (h << 3)), P64_3H, P64_3L);
  // h ^= h >> 32
  OUT[1] = OUT[1]! ^ OUT[0]!;
}

/** XXH3's finish. */
function avalanche(h: number, l: number): void {
  multiply(h, l ^ (h >>> 5), MX1H, MX1L);
  OUT[1] = OUT[1]! ^ OUT[0]!;
}

/** Mixes 16 bytes at `at` with 16 of the secret. */
function mix16(bytes: Uint8Array, at: number, secret: number, seedHigh: number, seedLow: number): void {
  const s0 = read32(SECRET, secret);
  const addLow = (s0 + seedLow) | 0;
  const addHigh = (read32(SECRET, secret + 4) + seedHigh + carry(addLow, s0)) | 0;
  const s2 = read32(SECRET, secret + 8);
  const subtractLow = (s2 - seedLow) | 0;
  const subtractHigh = (read32(SECRET, secret + 12) - seedHigh - (s2 >>> 0 < seedLow >>> 0 ? 1 : 0)) | 0;
  multiplyFold(
    read32(bytes, at + 4) ^ addHigh,
    read32(bytes, at) ^ addLow,
    read32(bytes, at + 12) ^ subtractHigh,
    read32(bytes, at + 8) ^ subtractLow,
  );
}

/** The low 32 bits of XXH3-64 with a seed given as two halves, unsigned. */
export function xxh3Low32(bytes: Uint8Array, start: number, end: number, seedLow: number, seedHigh: number): number {
  const length = end - start;
  if (length <= 16) {
    if (length > 8) hash9to16(bytes, start, length, seedHigh, seedLow);
    else if (length >= 4) hash4to8(bytes, start, length, seedHigh, seedLow);
    else hash0to3(bytes, start, length, seedHigh, seedLow);
  } else if (length <= 240) hash17to240(bytes, start, length, seedHigh, seedLow);
  else {
    accumulate(bytes, start, length, seededSecret(seedHigh, seedLow));
    multiply(0, length, P64_1H, P64_1L);
    mergeAccumulators(seededSecret(seedHigh, seedLow), 11, OUT[0]!, OUT[1]!);
  }
  return OUT[1]! >>> 0;
}

function hash0to3(bytes: Uint8Array, start: number, length: number, seedHigh: number, seedLow: number): void {
  if (length === 0) {
    avalanche64(seedHigh ^ read32(SECRET, 60) ^ read32(SECRET, 68), seedLow ^ read32(SECRET, 56) ^ read32(SECRET, 64));
    return;
  }
  const flip = read32(SECRET, 0) ^ read32(SECRET, 4);
  const low = (flip + seedLow) | 0;
  avalanche64((seedHigh + carry(low, flip)) | 0, low ^ combine1to3(bytes, start, length));
}

function combine1to3(bytes: Uint8Array, start: number, length: number): number {
  return (bytes[start]! << 16) | (bytes[start + (length >> 1)]! << 24) | bytes[start + length - 1]! | (length << 8);
}

/** Of the secret, what is mixed with 4 to 8 bytes. */
const FLIP_LOW = read32(SECRET, 8) ^ read32(SECRET, 16);
const FLIP_HIGH = read32(SECRET, 12) ^ read32(SECRET, 20);

function hash4to8(bytes: Uint8Array, start: number, length: number, seedHigh: number, seedLow: number): void {
  const mixedHigh = seedHigh ^ swap32(seedLow);
  let l = (FLIP_LOW - seedLow) | 0;
  let h = (FLIP_HIGH - mixedHigh - (FLIP_LOW >>> 0 < seedLow >>> 0 ? 1 : 0)) | 0;
  l ^= read32(bytes, start + length - 4);
  h ^= read32(bytes, start);
  // h ^= rotl(h, 49) ^ rotl(h, 24)
  const rh = ((l << 17) | (h >>> 15)) ^ ((h << 24) | (l >>> 8));
  const rl = ((h << 17) | (l >>> 15)) ^ ((l << 24) | (h >>> 8));
  multiply(h ^ rh, l ^ rl, MX2H, MX2L);
  h = OUT[0]!;
  l = OUT[1]!;
  // h ^= (h >> 35) + length
  multiply(h, l ^ ((h >>> 3) + length), MX2H, MX2L);
  h = OUT[0]!;
  l = OUT[1]!;
  // h ^= h >> 28
  OUT[0] = h ^ (h >>> 28);
  OUT[1] = l ^ ((l >>> 28) | (h << 4));
}

/** Of the secret, what is mixed with 9 to 16 bytes. */
const FLIP1_LOW = read32(SECRET, 24) ^ read32(SECRET, 32);
const FLIP1_HIGH = read32(SECRET, 28) ^ read32(SECRET, 36);
const FLIP2_LOW = read32(SECRET, 40) ^ read32(SECRET, 48);
const FLIP2_HIGH = read32(SECRET, 44) ^ read32(SECRET, 52);

function hash9to16(bytes: Uint8Array, start: number, length: number, seedHigh: number, seedLow: number): void {
  const flip1Low = (FLIP1_LOW + seedLow) | 0;
  const flip1High = (FLIP1_HIGH + seedHigh + carry(flip1Low, FLIP1_LOW)) | 0;
  const flip2Low = (FLIP2_LOW - seedLow) | 0;
  const flip2High = (FLIP2_HIGH - seedHigh - (FLIP2_LOW >>> 0 < seedLow >>> 0 ? 1 : 0)) | 0;
  const l1 = read32(bytes, start) ^ flip1Low;
  const h1 = read32(bytes, start + 4) ^ flip1High;
  const l2 = read32(bytes, start + length - 8) ^ flip2Low;
  const h2 = read32(bytes, start + length - 4) ^ flip2High;
  multiplyFold(h1, l1, h2, l2);
  let l = OUT[1]!;
  let h = OUT[0]!;
  // + length + swap64(input 1) + input 2
  const a = (l + length) | 0;
  h += carry(a, l);
  const swapped = swap32(h1);
  const b = (a + swapped) | 0;
  h += swap32(l1) + carry(b, a);
  l = (b + l2) | 0;
  h = (h + h2 + carry(l, b)) | 0;
  avalanche(h, l);
}

/** Sum of mixes while hashing 17 to 240 bytes. */
const SUM = new Int32Array(2);

function addOut(): void {
  const low = (SUM[1]! + OUT[1]!) | 0;
  SUM[0] = SUM[0]! + OUT[0]! + carry(low, OUT[1]!);
  SUM[1] = low;
}

function hash17to240(bytes: Uint8Array, start: number, length: number, seedHigh: number, seedLow: number): void {
  multiply(0, length, P64_1H, P64_1L);
  SUM[0] = OUT[0]!;
  SUM[1] = OUT[1]!;
  if (length <= 128) {
    for (let i = (length - 1) >> 5; i >= 0; i--) {
      mix16(bytes, start + 16 * i, 32 * i, seedHigh, seedLow);
      addOut();
      mix16(bytes, start + length - 16 * (i + 1), 32 * i + 16, seedHigh, seedLow);
      addOut();
    }
  } else {
    for (let i = 0; i < 8; i++) {
      mix16(bytes, start + 16 * i, 16 * i, seedHigh, seedLow);
      addOut();
    }
    avalanche(SUM[0]!, SUM[1]!);
    SUM[0] = OUT[0]!;
    SUM[1] = OUT[1]!;
    for (let i = 8; i < length >> 4; i++) {
      mix16(bytes, start + 16 * i, 16 * (i - 8) + 3, seedHigh, seedLow);
      addOut();
    }
    mix16(bytes, start + length - 16, 119, seedHigh, seedLow);
    addOut();
  }
  avalanche(SUM[0]!, SUM[1]!);
}

/** Eight 64-bit accumulators, low half first. */
const ACCUMULATORS = new Int32Array(16);
const INITIAL = Int32Array.of(
  P32_3,
  0,
  P64_1L,
  P64_1H,
  P64_2L,
  P64_2H,
  P64_3L,
  P64_3H,
  P64_4L,
  P64_4H,
  P32_2,
  0,
  P64_5L,
  P64_5H,
  P32_1,
  0,
);

/** Absorbs more than 240 bytes. */
function accumulate(bytes: Uint8Array, start: number, length: number, secret: Uint8Array): void {
  ACCUMULATORS.set(INITIAL);
  const blocks = Math.floor((length - 1) / 1024);
  for (let b = 0; b < blocks; b++) {
    for (let s = 0; s < 16; s++) accumulateStripe(bytes, start + 1024 * b + 64 * s, secret, 8 * s);
    scramble(secret);
  }
  const stripes = (length - 1 - 1024 * blocks) >> 6;
  for (let s = 0; s < stripes; s++) accumulateStripe(bytes, start + 1024 * blocks + 64 * s, secret, 8 * s);
  accumulateStripe(bytes, start + length - 64, secret, 121);
}

function accumulateStripe(bytes: Uint8Array, at: number, secret: Uint8Array, secretAt: number): void {
  for (let i = 0; i < 8; i++) {
    const low = read32(bytes, at + 8 * i);
    const high = read32(bytes, at + 8 * i + 4);
    const keyLow = low ^ read32(secret, secretAt + 8 * i);
    const keyHigh = high ^ read32(secret, secretAt + 8 * i + 4);
    addTo(2 * (i ^ 1), high, low);
    addTo(2 * i, multiplyHigh(keyLow, keyHigh), Math.imul(keyLow, keyHigh));
  }
}

function addTo(at: number, high: number, low: number): void {
  const sum = (ACCUMULATORS[at]! + low) | 0;
  ACCUMULATORS[at] = sum;
  ACCUMULATORS[at + 1] = ACCUMULATORS[at + 1]! + high + carry(sum, low);
}

function scramble(secret: Uint8Array): void {
  for (let i = 0; i < 8; i++) {
    const low = ACCUMULATORS[2 * i]!;
    const high = ACCUMULATORS[2 * i + 1]!;
    multiply(high ^ read32(secret, 132 + 8 * i), low ^ (high >>> 15) ^ read32(secret, 128 + 8 * i), 0, P32_1);
    ACCUMULATORS[2 * i] = OUT[1]!;
    ACCUMULATORS[2 * i + 1] = OUT[0]!;
  }
}

function mergeAccumulators(secret: Uint8Array, secretAt: number, startHigh: number, startLow: number): void {
  SUM[0] = startHigh;
  SUM[1] = startLow;
  for (let i = 0; i < 4; i++) {
    multiplyFold(
      ACCUMULATORS[4 * i + 1]! ^ read32(secret, secretAt + 16 * i + 4),
      ACCUMULATORS[4 * i]! ^ read32(secret, secretAt + 16 * i),
      ACCUMULATORS[4 * i + 3]! ^ read32(secret, secretAt + 16 * i + 12),
      ACCUMULATORS[4 * i + 2]! ^ read32(secret, secretAt + 16 * i + 8),
    );
    addOut();
  }
  avalanche(SUM[0]!, SUM[1]!);
}

/** The secret for long inputs, by seed: there are as few seeds as tree levels. */
const seededSecrets = new Map<string, Uint8Array>();

function seededSecret(seedHigh: number, seedLow: number): Uint8Array {
  if (seedHigh === 0 && seedLow === 0) return SECRET;
  const name = `${seedHigh} ${seedLow}`;
  let secret = seededSecrets.get(name);
  if (secret === undefined) {
    secret = new Uint8Array(192);
    const seed = (BigInt(seedHigh >>> 0) << 32n) | BigInt(seedLow >>> 0);
    const from = new DataView(SECRET.buffer, SECRET.byteOffset);
    const to = new DataView(secret.buffer);
    for (let i = 0; i < 192; i += 16) {
      to.setBigUint64(i, BigInt.asUintN(64, from.getBigUint64(i, true) + seed), true);
      to.setBigUint64(i + 8, BigInt.asUintN(64, from.getBigUint64(i + 8, true) - seed), true);
    }
    seededSecrets.set(name, secret);
  }
  return secret;
}

/** XXH3-128 with seed 0, written as 16 bytes at `at`: the low half first, each little-endian (a keyless row's id). */
export function writeXxh3Of128(bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): void {
  const length = end - start;
  if (length > 240) {
    accumulate(bytes, start, length, SECRET);
    multiply(0, length, P64_1H, P64_1L);
    mergeAccumulators(SECRET, 11, OUT[0]!, OUT[1]!);
    writeOut(into, at);
    multiply(0, length, P64_2H, P64_2L);
    mergeAccumulators(SECRET, 117, ~OUT[0]!, ~OUT[1]!);
    writeOut(into, at + 8);
  } else if (length > 16) wide17to240(bytes, start, length, into, at);
  else if (length > 8) wide9to16(bytes, start, length, into, at);
  else if (length >= 4) wide4to8(bytes, start, length, into, at);
  else wide0to3(bytes, start, length, into, at);
}

function writeOut(into: Uint8Array, at: number): void {
  for (let half = 0; half < 2; half++) {
    const n = OUT[1 - half]!;
    for (let i = 0; i < 4; i++) into[at + 4 * half + i] = n >>> (8 * i);
  }
}

function wide0to3(bytes: Uint8Array, start: number, length: number, into: Uint8Array, at: number): void {
  if (length === 0) {
    avalanche64(read32(SECRET, 68) ^ read32(SECRET, 76), read32(SECRET, 64) ^ read32(SECRET, 72));
    writeOut(into, at);
    avalanche64(read32(SECRET, 84) ^ read32(SECRET, 92), read32(SECRET, 80) ^ read32(SECRET, 88));
    writeOut(into, at + 8);
    return;
  }
  const low = combine1to3(bytes, start, length);
  const swapped = swap32(low);
  const high = (swapped << 13) | (swapped >>> 19);
  avalanche64(0, low ^ read32(SECRET, 0) ^ read32(SECRET, 4));
  writeOut(into, at);
  avalanche64(0, high ^ read32(SECRET, 8) ^ read32(SECRET, 12));
  writeOut(into, at + 8);
}

function wide4to8(bytes: Uint8Array, start: number, length: number, into: Uint8Array, at: number): void {
  multiplyWide(
    read32(bytes, start + length - 4) ^ read32(SECRET, 20) ^ read32(SECRET, 28),
    read32(bytes, start) ^ read32(SECRET, 16) ^ read32(SECRET, 24),
    P64_1H,
    (P64_1L + 4 * length) | 0,
  );
  let lh = WIDE[2]!;
  let ll = WIDE[3]!;
  // high += low << 1
  const doubled = ll << 1;
  const hl = (WIDE[1]! + doubled) | 0;
  const hh = (WIDE[0]! + ((lh << 1) | (ll >>> 31)) + carry(hl, doubled)) | 0;
  // low ^= high >> 3; low ^= low >> 35
  ll ^= (hl >>> 3) | (hh << 29);
  lh ^= hh >>> 3;
  ll ^= lh >>> 3;
  multiply(lh, ll, MX2H, MX2L);
  lh = OUT[0]!;
  ll = OUT[1]!;
  OUT[0] = lh ^ (lh >>> 28);
  OUT[1] = ll ^ ((ll >>> 28) | (lh << 4));
  writeOut(into, at);
  avalanche(hh, hl);
  writeOut(into, at + 8);
}

function wide9to16(bytes: Uint8Array, start: number, length: number, into: Uint8Array, at: number): void {
  const lowHigh = read32(bytes, start + 4);
  const lowLow = read32(bytes, start);
  let highHigh = read32(bytes, start + length - 4);
  let highLow = read32(bytes, start + length - 8);
  multiplyWide(
    lowHigh ^ highHigh ^ read32(SECRET, 36) ^ read32(SECRET, 44),
    lowLow ^ highLow ^ read32(SECRET, 32) ^ read32(SECRET, 40),
    P64_1H,
    P64_1L,
  );
  let mlh = (WIDE[2]! + ((length - 1) << 22)) | 0;
  let mll = WIDE[3]!;
  let mhl = WIDE[1]!;
  let mhh = WIDE[0]!;
  highHigh ^= read32(SECRET, 52) ^ read32(SECRET, 60);
  highLow ^= read32(SECRET, 48) ^ read32(SECRET, 56);
  // high += input + u32(input) * (P32_2 - 1)
  const productLow = Math.imul(highLow, P32_2 - 1);
  const a = (mhl + highLow) | 0;
  mhh += highHigh + carry(a, mhl);
  mhl = (a + productLow) | 0;
  mhh = (mhh + multiplyHigh(highLow, P32_2 - 1) + carry(mhl, a)) | 0;
  mlh ^= swap32(mhl);
  mll ^= swap32(mhh);
  multiplyWide(mlh, mll, P64_2H, P64_2L);
  const rh = WIDE[0]!;
  const rl = WIDE[1]!;
  const lh = WIDE[2]!;
  const ll = WIDE[3]!;
  multiply(mhh, mhl, P64_2H, P64_2L);
  const sum = (rl + OUT[1]!) | 0;
  const sumHigh = (rh + OUT[0]! + carry(sum, rl)) | 0;
  avalanche(lh, ll);
  writeOut(into, at);
  avalanche(sumHigh, sum);
  writeOut(into, at + 8);
}

/** Two 64-bit sums of the 128-bit form: low (high, low), high (high, low). */
const PAIR = new Int32Array(4);

/** Adds a mix of one range to a sum, then xors the plain sum of the other range's words. */
function mixInto(sum: number, bytes: Uint8Array, mixed: number, added: number, secret: number): void {
  mix16(bytes, mixed, secret, 0, 0);
  const low = (PAIR[sum + 1]! + OUT[1]!) | 0;
  const high = (PAIR[sum]! + OUT[0]! + carry(low, OUT[1]!)) | 0;
  const a = read32(bytes, added);
  const words = (a + read32(bytes, added + 8)) | 0;
  PAIR[sum + 1] = low ^ words;
  PAIR[sum] = high ^ (read32(bytes, added + 4) + read32(bytes, added + 12) + carry(words, a));
}

function mix32(bytes: Uint8Array, first: number, second: number, secret: number): void {
  mixInto(0, bytes, first, second, secret);
  mixInto(2, bytes, second, first, secret + 16);
}

function wide17to240(bytes: Uint8Array, start: number, length: number, into: Uint8Array, at: number): void {
  multiply(0, length, P64_1H, P64_1L);
  PAIR[0] = OUT[0]!;
  PAIR[1] = OUT[1]!;
  PAIR[2] = 0;
  PAIR[3] = 0;
  if (length <= 128) {
    for (let i = (length - 1) >> 5; i >= 0; i--) {
      mix32(bytes, start + 16 * i, start + length - 16 * (i + 1), 32 * i);
    }
  } else {
    for (let i = 32; i < 160; i += 32) mix32(bytes, start + i - 32, start + i - 16, i - 32);
    for (let half = 0; half < 4; half += 2) {
      avalanche(PAIR[half]!, PAIR[half + 1]!);
      PAIR[half] = OUT[0]!;
      PAIR[half + 1] = OUT[1]!;
    }
    for (let i = 160; i <= length; i += 32) mix32(bytes, start + i - 32, start + i - 16, 3 + i - 160);
    mix32(bytes, start + length - 16, start + length - 32, 103);
  }
  const low = (PAIR[1]! + PAIR[3]!) | 0;
  avalanche((PAIR[0]! + PAIR[2]! + carry(low, PAIR[1]!)) | 0, low);
  writeOut(into, at);
  SUM.fill(0);
  multiply(PAIR[0]!, PAIR[1]!, P64_1H, P64_1L);
  addOut();
  multiply(PAIR[2]!, PAIR[3]!, P64_4H, P64_4L);
  addOut();
  multiply(0, length, P64_2H, P64_2L);
  addOut();
  avalanche(SUM[0]!, SUM[1]!);
  // 0 − h
  const h = OUT[0]!;
  const l = OUT[1]!;
  OUT[1] = -l;
  OUT[0] = ~h + (l === 0 ? 1 : 0);
  writeOut(into, at + 8);
}
