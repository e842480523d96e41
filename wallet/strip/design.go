package strip

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"strconv"
)

// ErrDesign is in errors about a design that cannot be drawn.
var ErrDesign = errors.New("design of the stamp strip")

// Limits of a design.
const (
	// MaxSize is the most places on a card that are drawn one by one.
	MaxSize = 100
	// MaxRows is how many rows places may stand in.
	MaxRows = 6
)

// Design is how a shop's strip looks.
type Design struct {
	// Version changes whenever anything below does, and is not used for another design:
	// what was drawn is kept by it.
	Version string
	// Size is the number of places, from 0 (only the background) to MaxSize.
	Size int
	// Rows is how many rows the places stand in, at most MaxRows; 0 chooses the number that
	// makes them largest.
	Rows int
	// Paper is the background, Ink the stamps.
	Paper, Ink Color
	// Icon is stamped; the first of Icons if empty.
	Icon Icon
	// Stamp is stamped instead of the icon, if set.
	Stamp *Artwork
	// Empty stands where no stamp is yet instead of a ring, if set.
	Empty *Artwork
	// Background lies behind the places instead of plain Paper, if set.
	Background *Artwork
}

// Color is an opaque colour in sRGB.
type Color struct{ R, G, B uint8 }

// ParseColor reads a colour such as #0b6e4f.
func ParseColor(s string) (Color, error) {
	const length = len("#rrggbb")
	if len(s) == length && s[0] == '#' {
		if n, err := strconv.ParseUint(s[1:], 16, 32); err == nil {
			return Color{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil //nolint:gosec // cut on purpose
		}
	}
	return Color{}, fmt.Errorf("colour %q: want one such as #0b6e4f", s)
}

func (c Color) rgba() color.RGBA { return color.RGBA{c.R, c.G, c.B, 255} }

// Check returns an error in ErrDesign that names the field, if the design cannot be drawn.
func (d Design) Check() error {
	if d.Size < 0 || d.Size > MaxSize {
		return fmt.Errorf("%w: size %d: want 0 to %d", ErrDesign, d.Size, MaxSize)
	}
	if d.Rows < 0 || d.Rows > MaxRows {
		return fmt.Errorf("%w: %d rows: want 0 to %d", ErrDesign, d.Rows, MaxRows)
	}
	if _, ok := shapes[d.Icon]; d.Icon != "" && !ok {
		return fmt.Errorf("%w: icon %q: want one of %v", ErrDesign, d.Icon, Icons)
	}
	return nil
}

// The strip of a store card in points; scaled by 1, 2 and 3 to pixels. Older phones cut
// it to 375 by 123 from the middle, so nothing that matters stands outside.
const (
	width       = 375
	height      = 144
	safeHeight  = 123
	marginX     = 14
	marginY     = 6
	markPerCell = 0.43 // radius of a stamp as part of the side of its cell
	// maxSpread is how far apart places may stand, as part of the side of their cell.
	maxSpread = 1.3
)

// grid is where the places of a card are, in points.
type grid struct {
	rows, columns int
	last          int // places in the last row
	side          float64
	pitchX        float64
}

// newGrid spreads n places over so many rows, for 0 over as many as make them largest.
// There are fewer rows than asked for if the last would be empty.
func newGrid(n, rows int) grid {
	var best grid
	if n == 0 {
		return best
	}
	least, most := 1, min(MaxRows, n)
	if rows > 0 {
		least, most = min(rows, n), min(rows, n)
	}
	for rows := least; rows <= most; rows++ {
		columns := (n + rows - 1) / rows
		filled := (n + columns - 1) / columns
		side := min(float64(width-2*marginX)/float64(columns), float64(safeHeight-2*marginY)/float64(filled))
		if side > best.side {
			best = grid{
				rows: filled, columns: columns, side: side,
				pitchX: min(float64(width-2*marginX)/float64(columns), side*maxSpread),
			}
			best.last = n - (best.rows-1)*columns
		}
	}
	return best
}

// places returns how many places a row has.
func (g grid) places(row int) int {
	if row == g.rows-1 {
		return g.last
	}
	return g.columns
}

// stamped returns how many places of a row are stamped on a card with count stamps.
func (g grid) stamped(row, count int) int {
	return min(max(count-row*g.columns, 0), g.places(row))
}

// center returns the middle of a place in points.
func (g grid) center(row, column int) (x, y float64) {
	x = width/2 + (float64(column)-float64(g.places(row)-1)/2)*g.pitchX
	y = height/2 + (float64(row)-float64(g.rows-1)/2)*g.side
	return x, y
}

// lines returns the lines of pixels, at a scale, that belong to a row: all rows together
// are the whole height.
func (g grid) lines(row, scale int) (from, to int) {
	edge := func(row int) int {
		switch {
		case row <= 0:
			return 0
		case row >= g.rows:
			return height * scale
		}
		return int(math.Round((height/2 + (float64(row)-float64(g.rows)/2)*g.side) * float64(scale)))
	}
	return edge(row), edge(row + 1)
}
