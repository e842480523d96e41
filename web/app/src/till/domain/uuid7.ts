// UUIDs of version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then randomness. Those
// made by one generator rise, also within a millisecond and when the clock goes back.

/** Gives n random bytes. */
export type Random = (n: number) => Uint8Array;

const random: Random = (n) => crypto.getRandomValues(new Uint8Array(n));

/** The 74 random bits are kept as one number; this is the first that does not fit. */
const TAIL_END = 1n << 74n;

/** Returns a generator of its own. */
export function uuid7Generator(entropy: Random = random): (now: number) => string {
	let last = -1;
	let tail = 0n;
	return (now) => {
		if (now > last) {
			last = now;
			tail = fresh(entropy);
		} else {
			tail += 1n; // in the same millisecond, or the clock went back
			if (tail >= TAIL_END) {
				last++;
				tail = fresh(entropy);
			}
		}
		return write(last, tail);
	};
}

function fresh(entropy: Random): bigint {
	let bits = 0n;
	for (const byte of entropy(10)) {
		bits = (bits << 8n) | BigInt(byte);
	}
	// The highest bit stays free, so that counting on does not soon overflow.
	return bits % (TAIL_END >> 1n);
}

function write(at: number, tail: bigint): string {
	const a = (tail >> 62n) & 0xfffn;
	const b = tail & ((1n << 62n) - 1n);
	const hex = BigInt(at).toString(16).padStart(12, "0") + (0x7000n | a).toString(16) + ((1n << 63n) | b).toString(16);
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
