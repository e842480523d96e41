import { encode } from "uqr";
import { modulesPath } from "./modules.ts";

/** A QR code, black on white in both schemes: scanners want it so. */
export function QR({ text, label }: { text: string; label: string }) {
	const { data, size } = encode(text, { ecc: "M", border: 4 });
	return (
		<svg className="qr" viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" role="img" aria-label={label}>
			<path fill="#fff" d={`M0 0h${size}v${size}H0z`} />
			<path fill="#000" d={modulesPath(data)} />
		</svg>
	);
}
