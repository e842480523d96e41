// What was scanned or typed: a card's code, a customer number, a phone number or
// nothing of the kind. Codes and numbers carry check characters, so that the till can
// tell a slip without asking the server, and needs no server to take one up.

export type Handle =
	| { kind: "code" | "number" | "phone"; text: string; /** A rotating or wallet code, whole; text is the card's own. */ rotating?: string }
	| { kind: "nothing"; text: string };

/** A card code has 16 characters of base32 and a check character (ISO/IEC 7064 MOD 37,36). */
export const CODE_LENGTH = 17;
/** A rotating code has the 16, one for the step of time, seven of a digest and a check character. */
export const ROTATING_LENGTH = 25;
/** What a wallet shows by itself: a card code, a letter that tells, and digits that change. */
const walletCode = /^([0-9A-Z]{17})G[0-9]{8}$/;
/** A customer number has nine digits and a check digit (ISO/IEC 7064 MOD 11,10). */
export const NUMBER_LENGTH = 10;
/** Longer input is nobody's code; the API takes no more either. */
export const MAX_HANDLE = 64;

const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Reads what was scanned or typed. The text of a code or number is in its plain form. */
export function readHandle(input: string): Handle {
	const typed = input.trim();
	if (typed.length > MAX_HANDLE) {
		return { kind: "nothing", text: typed.slice(0, MAX_HANDLE) };
	}
	const plain = typed.replace(/[\s\u00a0\u202f-]/g, "").toUpperCase();
	const code = readCode(plain, CODE_LENGTH);
	if (code) {
		return { kind: "code", text: code };
	}
	const rotating = readCode(plain, ROTATING_LENGTH);
	if (rotating) {
		const body = rotating.slice(0, CODE_LENGTH - 1);
		return { kind: "code", text: body + checkCharacter(body), rotating };
	}
	const card = readCode(walletCode.exec(plain)?.[1] ?? "", CODE_LENGTH);
	if (card) {
		return { kind: "code", text: card, rotating: card + plain.slice(CODE_LENGTH) };
	}
	if (isNumber(plain)) {
		return { kind: "number", text: plain };
	}
	// The server knows the world's numbering plans; here it only has to look like one.
	if (/^\+?[0-9]{5,15}$/.test(plain.replace(/[()/.]/g, ""))) {
		return { kind: "phone", text: typed };
	}
	return { kind: "nothing", text: typed };
}

/**
 * Returns the number of a card from before that the input may be, in its plain form, as
 * the server reads it; "" if it is none. What looks like a phone number of here is not
 * taken for one.
 */
export function readOldNumber(input: string): string {
	const plain = input.trim().replace(/[\s\u00a0\u202f-]/g, "").toUpperCase();
	return /^(?=.*[0-9])[0-9A-Z]{6,32}$/.test(plain) && !/^0[0-9]{6,10}$/.test(plain) ? plain : "";
}

function readCode(plain: string, length: number): string | undefined {
	if (plain.length !== length) {
		return undefined;
	}
	const body = plain.slice(0, -1).replace(/O/g, "0").replace(/[IL]/g, "1");
	for (const c of body) {
		if (!codeAlphabet.includes(c)) {
			return undefined;
		}
	}
	return plain.endsWith(checkCharacter(body)) ? body + plain.slice(-1) : undefined;
}

/** The hybrid system MOD 37,36 of ISO/IEC 7064. */
export function checkCharacter(body: string): string {
	let p = 36;
	for (const c of body) {
		p += alphanumeric.indexOf(c);
		p = ((p > 36 ? p - 36 : p) * 2) % 37;
	}
	return alphanumeric.charAt((37 - p) % 36);
}

function isNumber(plain: string): boolean {
	return /^[1-9][0-9]{9}$/.test(plain) && plain.endsWith(checkDigit(plain.slice(0, -1)));
}

/** The hybrid system MOD 11,10 of ISO/IEC 7064. */
export function checkDigit(body: string): string {
	let p = 10;
	for (const c of body) {
		p += Number(c);
		p = ((p > 10 ? p - 10 : p) * 2) % 11;
	}
	return String((11 - p) % 10);
}

/** Groups a customer number as it is printed. */
export function showNumber(number: string): string {
	return number.replace(/^(\d{3})(\d{3})(\d{4})$/, "$1 $2 $3");
}
