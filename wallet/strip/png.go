package strip

import (
	"encoding/binary"
	"hash/crc32"
)

// The parts of a PNG (W3C PNG specification, third edition) and of the zlib stream in it
// (RFC 1950) that are written here.
const (
	pngSignature  = "\x89PNG\r\n\x1a\n"
	zlibHeader    = "\x78\x9c"             // deflate, window of 32 KiB, default compression
	lastBlock     = "\x01\x00\x00\xff\xff" // an empty stored block, marked as the last
	bitDepth      = 8
	colorIndexed  = 3
	chunkOverhead = 12 // length, name, checksum
)

// writePNG makes a picture of bands that lie below each other.
func writePNG(width, height int, p palette, bands []band) []byte {
	size := len(pngSignature) + 4*chunkOverhead + 13 + 3*len(p) + len(zlibHeader) + len(lastBlock) + adlerBytes
	for _, b := range bands {
		size += len(b.deflated)
	}
	out := make([]byte, 0, size)
	out = append(out, pngSignature...)
	out = chunk(out, "IHDR", func(out []byte) []byte {
		out = binary.BigEndian.AppendUint32(out, uint32(width))  //nolint:gosec // small
		out = binary.BigEndian.AppendUint32(out, uint32(height)) //nolint:gosec // small
		return append(out, bitDepth, colorIndexed, 0, 0, 0)
	})
	out = chunk(out, "PLTE", func(out []byte) []byte {
		for _, c := range p {
			out = append(out, c.R, c.G, c.B)
		}
		return out
	})
	out = chunk(out, "IDAT", func(out []byte) []byte {
		out = append(out, zlibHeader...)
		sum := uint32(1)
		for _, b := range bands {
			out = append(out, b.deflated...)
			sum = combineAdler(sum, b.adler, b.length)
		}
		out = append(out, lastBlock...)
		return binary.BigEndian.AppendUint32(out, sum)
	})
	return chunk(out, "IEND", func(out []byte) []byte { return out })
}

// chunk appends a chunk with what fill appends.
func chunk(out []byte, name string, fill func([]byte) []byte) []byte {
	const lengthBytes = 4
	start := len(out)
	out = append(out, 0, 0, 0, 0)
	out = fill(append(out, name...))
	content := out[start+lengthBytes:]
	binary.BigEndian.PutUint32(out[start:], uint32(len(content)-len(name))) //nolint:gosec // far below 4 GiB
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(content))
}

const adlerBytes = 4

// combineAdler returns the Adler-32 checksum of one text after another from the
// checksums of both and the length of the second (RFC 1950, 8.2: a sum of all bytes,
// begun at one, and a sum of those sums).
func combineAdler(first, second uint32, length int) uint32 {
	const modulus = 65521
	a1, b1 := uint64(first&0xffff), uint64(first>>16)
	a2, b2 := uint64(second&0xffff), uint64(second>>16)
	n := uint64(length) % modulus //nolint:gosec // never negative
	a := (a1 + a2 + modulus - 1) % modulus
	b := (b1 + b2 + n*(a1+modulus-1)) % modulus
	return uint32(b<<16 | a) //nolint:gosec // both are below 65521
}
