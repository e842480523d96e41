// How the passes of a program look.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, uploads } from "../api.ts";

export type PassDesign = Schema["PassDesign"];
export type PassDesignSetting = Schema["PassDesignSetting"];

/** How long a strip that is not looked at is remembered. */
const STRIP_KEPT_MS = 60_000;

export const designQuery = (program: string) => queryOptions({
	queryKey: ["programs", program, "pass-design"],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/programs/{program_id}/pass-design", { params: { path: { program_id: program } }, signal })),
});

/** Reads an earlier design. */
export const readDesign = (program: string, version: number) =>
	answerOf(api.GET("/v1/programs/{program_id}/pass-design", { params: { path: { program_id: program }, query: { version } } }));

/** Uploads a picture as it is and returns its tag. */
export const addArtwork = async (file: File) => (await answerOf(uploads.POST("/v1/passes/artwork", {
	body: file as unknown as string, bodySerializer: (b) => b, headers: { "Content-Type": file.type },
}))).tag;

/** The strip of a design, drawn by the server as passes have it: the address of a picture. */
export const stripQuery = (drawing: Schema["StripDrawing"]) => queryOptions({
	queryKey: ["strip", drawing],
	queryFn: async ({ signal }) => asAddress(await answerOf(api.POST("/v1/passes/strip", { body: drawing, parseAs: "blob", signal }) as Promise<{ data?: Blob; response: Response }>)),
	staleTime: Infinity, gcTime: STRIP_KEPT_MS, placeholderData: keepPreviousData,
});

/** Returns a data: address; the page's policy lets in no others of what is not a file. */
function asAddress(picture: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => (typeof reader.result === "string" ? resolve(reader.result) : reject(new Error("the picture is no text")));
		reader.onerror = () => reject(reader.error ?? new Error("the picture cannot be read"));
		reader.readAsDataURL(picture);
	});
}
