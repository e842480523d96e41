// Package barcode draws the code of a card for web pages, where no wallet draws it: as
// QR code, Aztec code, PDF417 or Code 128, as SVG or PNG.
//
// It knows nothing of Leima: a text comes in, a picture goes out. Start at Draw. The
// tests read every picture with a library that others wrote.
package barcode
