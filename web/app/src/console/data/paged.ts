// Lists that are read page by page.

/** How many lines a list shows before somebody asks for more. */
const LINES = 25;

export const paged = { initialPageParam: null as string | null, getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor };

/** What a page is asked for by. */
export const pageOf = (cursor: string | null) => ({ limit: LINES, ...(cursor && { cursor }) });

/** The day after a day, which the API's `to` means: 2026-03-01 is before it, 2026-03-02 is not. */
export const dayAfter = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
