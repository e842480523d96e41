import { expect, test } from "vitest";
import { whole } from "./exports.ts";

const body = (parts: string[], broken = false) => new ReadableStream<Uint8Array<ArrayBuffer>>({
	start(to) {
		for (const part of parts) {
			to.enqueue(new TextEncoder().encode(part));
		}
		if (broken) {
			to.error(new Error("cut off"));
		} else {
			to.close();
		}
	},
});

test("a file comes whole, and it is told how much has come", async () => {
	let clock = 0;
	const came: number[] = [];
	const file = await whole(body(["one,", "two,", "three"]), (bytes) => came.push(bytes), () => (clock += 200));
	expect(await file.text()).toBe("one,two,three");
	expect(came).toEqual([8]);
});

test("a file that was cut off is none", async () => {
	await expect(whole(body(["one"], true), () => undefined)).rejects.toThrow("cut off");
});

test("nothing is an empty file", async () => expect((await whole(null, () => undefined)).size).toBe(0));
