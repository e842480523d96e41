package strip

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// How a place looks, as parts of the radius of a stamp or as strength of the ink.
const (
	ringWidth  = 0.07
	ringShare  = 0.55 // an empty place is paler than a stamp
	iconShare  = 0.22 // and shows only faintly what will be stamped
	iconScale  = 0.8
	turn       = 7 * math.Pi / 180 // no two stamps of a hand stand alike
	inkShades  = 48                // shades between paper and ink, for smooth edges
	paleShare  = 0.35              // of artwork on an empty place
	haloShare  = 0.8               // paper under empty places that stand on a background
	clearPaint = 0
)

// paint draws a band as it will be seen.
func (p *Press) paint(key bandKey) *image.RGBA {
	from, to := 0, height*key.scale
	if p.grid.rows > 0 {
		from, to = p.grid.lines(key.row, key.scale)
	}
	canvas := image.NewRGBA(image.Rect(0, from, width*key.scale, to))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(p.design.Paper.rgba()), image.Point{}, draw.Src)
	if p.design.Background != nil {
		draw.Draw(canvas, canvas.Bounds(), p.background(key.scale), canvas.Bounds().Min, draw.Over)
	}
	if p.grid.rows == 0 {
		return canvas
	}
	for column := range p.grid.places(key.row) {
		p.paintPlace(canvas, key, column)
	}
	return canvas
}

// background returns the background of the whole strip, scaled once.
func (p *Press) background(scale int) *image.RGBA {
	p.mu.Lock()
	defer p.mu.Unlock()
	scaled, ok := p.backgrounds[scale]
	if !ok {
		scaled = image.NewRGBA(image.Rect(0, 0, width*scale, height*scale))
		p.design.Background.cover(scaled, scaled.Bounds())
		p.backgrounds[scale] = scaled
	}
	return scaled
}

func (p *Press) paintPlace(canvas *image.RGBA, key bandKey, column int) {
	x, y := p.grid.center(key.row, column)
	s := float64(key.scale)
	x, y, radius := x*s, y*s, p.grid.side*markPerCell*s
	number := key.row*p.grid.columns + column
	stamped := column < key.stamped
	if !stamped && p.design.Empty != nil {
		p.design.Empty.fit(canvas, x, y, 2*radius, 1)
		return
	}
	if p.design.Stamp != nil {
		if !stamped {
			p.paintMark(canvas, x, y, radius, p.emptyPlace(nil))
			p.design.Stamp.fit(canvas, x, y, radius*math.Sqrt2*iconScale, paleShare)
			return
		}
		p.design.Stamp.fit(canvas, x, y, 2*radius, 1)
		return
	}
	icon := shapes[p.design.Icon]
	if stamped {
		p.paintMark(canvas, x, y, radius, stampedPlace(icon, number))
		return
	}
	if number == p.design.Size-1 {
		icon = shapes[Gift] // the last place is what all the others are for
	}
	p.paintMark(canvas, x, y, radius, p.emptyPlace(icon))
}

// mark tells what is at a point of a place: how strong the ink is and how strong the
// paper under it, from 0 to 1. One pixel is as wide as pixel.
type mark func(p point, pixel float64) (ink, paper float64)

// stampedPlace is a disc of ink with the icon left out, turned a little by its number.
func stampedPlace(icon shape, number int) mark {
	const ways = 5
	sin, cos := math.Sincos(turn * (float64(number*3%ways) - ways/2) / 2)
	return func(p point, pixel float64) (float64, float64) {
		turned := point{(p.x*cos - p.y*sin) / iconScale, (p.x*sin + p.y*cos) / iconScale}
		inDisc := covered(disc(p, point{}, 1), pixel)
		return inDisc * (1 - covered(icon(turned)*iconScale, pixel)), inDisc
	}
}

// emptyPlace is a ring with a faint icon, or none.
func (p *Press) emptyPlace(icon shape) mark {
	under := float64(clearPaint)
	if p.design.Background != nil {
		under = haloShare
	}
	return func(p point, pixel float64) (float64, float64) {
		ink := ringShare * covered(math.Abs(disc(p, point{}, 1-ringWidth))-ringWidth/2, pixel)
		if icon != nil {
			ink = max(ink, iconShare*covered(icon(point{p.x / iconScale, p.y / iconScale})*iconScale, pixel))
		}
		return ink, under * covered(disc(p, point{}, 1), pixel)
	}
}

// covered returns how much of a pixel lies inside an edge at the given distance.
func covered(distance, pixel float64) float64 {
	const half = 0.5
	return min(max(half-distance/pixel, 0), 1)
}

// paintMark lays a mark with its middle and radius, in pixels, onto the canvas.
func (p *Press) paintMark(canvas *image.RGBA, x, y, radius float64, m mark) {
	around := image.Rect(int(x-radius)-1, int(y-radius)-1, int(x+radius)+2, int(y+radius)+2)
	around = around.Intersect(canvas.Bounds())
	for py := around.Min.Y; py < around.Max.Y; py++ {
		for px := around.Min.X; px < around.Max.X; px++ {
			const middle = 0.5
			at := point{(float64(px) + middle - x) / radius, (float64(py) + middle - y) / radius}
			ink, paper := m(at, 1/radius)
			if ink == 0 && paper == 0 {
				continue
			}
			// Shades are counted, so that a strip without pictures has few colours.
			ink = math.Round(ink*inkShades) / inkShades
			ground := mix(canvas.RGBAAt(px, py), p.design.Paper.rgba(), math.Round(paper*inkShades)/inkShades)
			canvas.SetRGBA(px, py, mix(ground, p.design.Ink.rgba(), ink))
		}
	}
}

// mix returns the colour on the way from a to b; share 0 is a.
func mix(a, b color.RGBA, share float64) color.RGBA {
	between := func(a, b uint8) uint8 {
		return uint8(math.Round(float64(a)*(1-share) + float64(b)*share))
	}
	return color.RGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 255}
}
