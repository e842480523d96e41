package strip

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// maxColors is what one byte for each pixel can tell apart.
const maxColors = 256

// palette is the colours of a design, and which of them is nearest to a colour.
type palette []color.RGBA

// tally is a colour and how many pixels have it.
type tally struct {
	color color.RGBA
	count int
}

// newPalette chooses the colours of the samples: all of them if they are few enough,
// else by median cut (Heckbert 1982): boxes of colours are halved until there are as many
// as colours may be, and each box becomes its mean.
func newPalette(samples []*image.RGBA) palette {
	counts := map[color.RGBA]int{}
	for _, s := range samples {
		run, last := 0, color.RGBA{}
		for i := 0; i < len(s.Pix); i += 4 {
			c := color.RGBA{s.Pix[i], s.Pix[i+1], s.Pix[i+2], 255}
			if c != last && run > 0 { // most pixels are as the one before them
				counts[last] += run
				run = 0
			}
			last = c
			run++
		}
		counts[last] += run
	}
	colors := make([]tally, 0, len(counts))
	for c, n := range counts {
		colors = append(colors, tally{c, n})
	}
	// In an order of their own, or each process would make another file.
	slices.SortFunc(colors, func(a, b tally) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(number(a.color), number(b.color)))
	})
	boxes := [][]tally{colors}
	for len(colors) > maxColors && len(boxes) < maxColors {
		i := widest(boxes)
		left, right := halve(boxes[i])
		boxes[i] = left
		boxes = append(boxes, right)
	}
	if len(colors) <= maxColors {
		boxes = boxes[:0]
		for i := range colors {
			boxes = append(boxes, colors[i:i+1])
		}
	}
	p := make(palette, 0, len(boxes))
	for _, b := range boxes {
		p = append(p, mean(b))
	}
	return p
}

func number(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }

// channels of a colour, by which a box may be halved.
var channels = [...]func(color.RGBA) uint8{
	func(c color.RGBA) uint8 { return c.R },
	func(c color.RGBA) uint8 { return c.G },
	func(c color.RGBA) uint8 { return c.B },
}

// spread returns the channel in which a box is widest, and how wide it is there.
func spread(box []tally) (channel, wide int) {
	for i, of := range channels {
		low, high := uint8(255), uint8(0)
		for _, t := range box {
			low, high = min(low, of(t.color)), max(high, of(t.color))
		}
		if w := int(high) - int(low); w > wide {
			channel, wide = i, w
		}
	}
	return channel, wide
}

func widest(boxes [][]tally) int {
	best, most := 0, -1
	for i, b := range boxes {
		if _, wide := spread(b); wide > most {
			best, most = i, wide
		}
	}
	return best
}

// halve splits a box where half of its pixels lie on each side; both halves have at
// least one colour.
func halve(box []tally) (left, right []tally) {
	channel, _ := spread(box)
	of := channels[channel]
	slices.SortFunc(box, func(a, b tally) int {
		return cmp.Or(cmp.Compare(of(a.color), of(b.color)), cmp.Compare(number(a.color), number(b.color)))
	})
	sum := 0
	for _, t := range box {
		sum += t.count
	}
	at, seen := 1, box[0].count
	for at < len(box)-1 && seen < sum/2 {
		seen += box[at].count
		at++
	}
	return box[:at:at], box[at:]
}

func mean(box []tally) color.RGBA {
	var r, g, b, n int
	for _, t := range box {
		r += int(t.color.R) * t.count
		g += int(t.color.G) * t.count
		b += int(t.color.B) * t.count
		n += t.count
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255} //nolint:gosec // means of bytes
}

// lines returns a picture as PNG has it before compression: for each line its filter,
// none, and the number of each pixel's colour.
func (p palette) lines(picture *image.RGBA) []byte {
	known := make(map[color.RGBA]uint8, len(p))
	for i, c := range p {
		known[c] = uint8(i)
	}
	b := picture.Bounds()
	last, i := p[0], uint8(0)
	out := make([]byte, 0, (b.Dx()+1)*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		const filterNone = 0
		out = append(out, filterNone)
		from := picture.PixOffset(b.Min.X, y)
		for pixels := picture.Pix[from : from+4*b.Dx()]; len(pixels) > 0; pixels = pixels[4:] {
			if c := (color.RGBA{pixels[0], pixels[1], pixels[2], 255}); c != last {
				i, last = p.find(known, c), c
			}
			out = append(out, i)
		}
	}
	return out
}

// find returns the number of a colour, or of one that is near. Of a photograph, colours
// that nobody can tell apart are looked for once.
func (p palette) find(known map[color.RGBA]uint8, c color.RGBA) uint8 {
	if i, ok := known[c]; ok {
		return i
	}
	const fine = 3 // the lowest two bits
	rough := color.RGBA{c.R &^ fine, c.G &^ fine, c.B &^ fine, 0}
	i, ok := known[rough]
	if !ok {
		i = p.nearest(c)
		known[rough] = i
	}
	return i
}

func (p palette) nearest(c color.RGBA) uint8 {
	best, least := 0, 1<<30
	for i, q := range p {
		r, g, b := int(c.R)-int(q.R), int(c.G)-int(q.G), int(c.B)-int(q.B)
		if d := r*r + g*g + b*b; d < least {
			best, least = i, d
		}
	}
	return uint8(best)
}
