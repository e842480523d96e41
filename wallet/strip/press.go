package strip

import (
	"bytes"
	"compress/flate"
	"fmt"
	"hash/adler32"
	"image"
	"sync"
)

// Scales are the sizes that a strip is made in, in pixels per point.
var Scales = [...]int{1, 2, 3}

// Strip is a finished picture in all Scales, as PNG.
type Strip struct {
	PNG [len(Scales)][]byte
}

// Bytes returns how much memory the pictures take.
func (s *Strip) Bytes() int {
	sum := 0
	for _, p := range s.PNG {
		sum += len(p)
	}
	return sum
}

// Press makes the strips of one design. It keeps the bands that were drawn, and may be
// used by many goroutines.
type Press struct {
	design  Design
	grid    grid
	palette palette

	mu          sync.Mutex
	bands       map[bandKey]band
	bytes       int
	backgrounds map[int]*image.RGBA // by scale
}

// bandKey names what a row of the grid looks like.
type bandKey struct{ scale, row, stamped int }

// band is a row of the grid, drawn and compressed, with the checksum of what it
// unpacks to.
type band struct {
	deflated []byte
	adler    uint32
	length   int // unpacked
}

// NewPress prepares to draw a design: its colours are chosen here. Errors are in
// ErrDesign.
func NewPress(d Design) (*Press, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if d.Icon == "" {
		d.Icon = Icons[0]
	}
	p := &Press{design: d, grid: newGrid(d.Size, d.Rows), bands: map[bandKey]band{}, backgrounds: map[int]*image.RGBA{}}
	// The empty and the full card show every colour there is.
	const scale = 2
	var samples []*image.RGBA
	for row := range max(p.grid.rows, 1) {
		samples = append(samples, p.paint(bandKey{scale, row, 0}))
		if p.grid.rows > 0 {
			samples = append(samples, p.paint(bandKey{scale, row, p.grid.places(row)}))
		}
	}
	p.palette = newPalette(samples)
	return p, nil
}

// Draw returns the strip of a card with count stamps; more than the size is a full card.
func (p *Press) Draw(count int) (*Strip, error) {
	if count < 0 {
		return nil, fmt.Errorf("%w: %d stamps", ErrDesign, count)
	}
	var s Strip
	for i, scale := range Scales {
		var bands []band
		for row := range max(p.grid.rows, 1) {
			b, err := p.band(bandKey{scale, row, p.grid.stamped(row, count)})
			if err != nil {
				return nil, err
			}
			bands = append(bands, b)
		}
		s.PNG[i] = writePNG(width*scale, height*scale, p.palette, bands)
	}
	return &s, nil
}

// Bytes returns how much memory the bands take that were drawn so far.
func (p *Press) Bytes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes
}

// band returns a band, drawn now or earlier. Two goroutines may both draw it, which
// costs time and does no harm.
func (p *Press) band(key bandKey) (band, error) {
	p.mu.Lock()
	b, ok := p.bands[key]
	p.mu.Unlock()
	if ok {
		return b, nil
	}
	b, err := compress(p.palette.lines(p.paint(key)))
	if err != nil {
		return band{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.bands[key]; !ok {
		p.bands[key] = b
		p.bytes += len(b.deflated)
	}
	return b, nil
}

// compress deflates lines so that other deflated data may follow: nothing marks the
// end, and the last byte is full.
func compress(lines []byte) (band, error) {
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.DefaultCompression)
	if err != nil {
		return band{}, fmt.Errorf("compress strip: %w", err)
	}
	if _, err := w.Write(lines); err != nil {
		return band{}, fmt.Errorf("compress strip: %w", err)
	}
	if err := w.Flush(); err != nil {
		return band{}, fmt.Errorf("compress strip: %w", err)
	}
	return band{deflated: bytes.Clone(deflated.Bytes()), adler: adler32.Checksum(lines), length: len(lines)}, nil
}
