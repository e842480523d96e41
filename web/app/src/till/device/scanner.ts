// Our own reader of codes, for browsers that have none: zxing, compiled to WebAssembly
// and delivered by the same server as the page. It is loaded with the first use of the
// camera, and kept by the service worker.

import { BarcodeDetector, type BarcodeFormat, prepareZXingModule } from "barcode-detector/ponyfill";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

/** Returns a detector that knows the formats, ready to be used. */
export async function makeDetector(formats: BarcodeFormat[]): Promise<BarcodeDetector> {
	await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
	return new BarcodeDetector({ formats });
}
