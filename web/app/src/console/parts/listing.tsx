// A list that is read page by page: loading, empty, failed, or lines and a way to more.

import type { ReactNode } from "react";
import { useTexts } from "../texts.ts";
import { Loading } from "./loading.tsx";
import { Problem } from "./problem.tsx";

interface Asked<T> {
	data: T | undefined;
	error: unknown;
	isError: boolean;
	refetch: () => unknown;
}

/** Shows what was asked for, once it is there. What was there before stays when it cannot be read anew. */
export function Answer<T>({ of, lines, children }: { of: Asked<T>; lines?: number; children: (data: T) => ReactNode }) {
	if (of.data !== undefined) {
		return children(of.data);
	}
	return of.isError ? <Problem error={of.error} retry={() => void of.refetch()} /> : <Loading {...(lines && { lines })} />;
}

interface Paged {
	hasNextPage: boolean;
	isFetchingNextPage: boolean;
	fetchNextPage: () => unknown;
}

export function More({ of }: { of: Paged }) {
	const { say } = useTexts();
	return of.hasNextPage ? (
		<p className="more">
			<button type="button" className="button" disabled={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>{say(of.isFetchingNextPage ? "app.loading" : "app.more")}</button>
		</p>
	) : null;
}
