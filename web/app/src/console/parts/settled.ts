import { useEffect, useState } from "react";

/** Returns a value once it has not changed for a while, so that nothing is asked at every key. */
export function useSettled<T>(value: T, ms: number): T {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value), ms);
		return () => clearTimeout(timer);
	}, [value, ms]);
	return settled;
}
