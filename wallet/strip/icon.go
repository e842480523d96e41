package strip

import (
	"math"
	"slices"
)

// Icon is the name of a shape that can be stamped.
type Icon string

// The icons, all of our own drawing.
const (
	Tick  Icon = "tick"
	Star  Icon = "star"
	Heart Icon = "heart"
	Cross Icon = "cross"
	Leaf  Icon = "leaf"
	Drop  Icon = "drop"
	Cup   Icon = "cup"
	Paw   Icon = "paw"
	Smile Icon = "smile"
	Gift  Icon = "gift"
)

// Icons are all icons, in the order in which they are offered.
var Icons = []Icon{Tick, Star, Heart, Cross, Leaf, Drop, Cup, Paw, Smile, Gift}

// point is a place in the circle of a stamp: its middle is 0,0, its edge is at 1, y
// grows downwards.
type point struct{ x, y float64 }

// shape returns how far a point is from the edge of a shape, below 0 inside. Near the
// edge it is exact enough to draw a smooth line.
type shape func(p point) float64

var shapes = map[Icon]shape{
	Tick: func(p point) float64 {
		return min(segment(p, point{-0.48, 0.05}, point{-0.14, 0.4}), segment(p, point{-0.14, 0.4}, point{0.5, -0.36})) - 0.12
	},
	Star: polygon(starPoints(0.68, 0.28)),
	Heart: func(p point) float64 {
		lobes := min(disc(p, point{-0.27, -0.17}, 0.31), disc(p, point{0.27, -0.17}, 0.31))
		return min(lobes, heartTip(p))
	},
	Cross: func(p point) float64 {
		return min(box(p, point{}, point{0.2, 0.58}), box(p, point{}, point{0.58, 0.2})) - 0.03
	},
	Leaf: func(p point) float64 {
		blade := max(disc(p, point{0.28, 0.28}, 0.8), disc(p, point{-0.28, -0.28}, 0.8))
		vein := segment(p, point{-0.6, 0.6}, point{0.2, -0.2}) - 0.05
		stalk := segment(p, point{-0.66, 0.66}, point{-0.44, 0.44}) - 0.06
		return min(max(blade, -vein), stalk)
	},
	Drop: func(p point) float64 { return min(disc(p, point{0, 0.2}, 0.42), dropTip(p)) },
	Cup: func(p point) float64 {
		bowl := box(p, point{-0.1, 0.08}, point{0.34, 0.26}) - 0.1
		handle := math.Abs(disc(p, point{0.4, 0.04}, 0.2)) - 0.06
		saucer := segment(p, point{-0.5, 0.58}, point{0.3, 0.58}) - 0.06
		steam := min(segment(p, point{-0.24, -0.6}, point{-0.24, -0.42}), segment(p, point{0.04, -0.6}, point{0.04, -0.42})) - 0.05
		return min(bowl, handle, saucer, steam)
	},
	Paw: func(p point) float64 {
		return min(
			disc(p, point{0, 0.26}, 0.32), disc(p, point{-0.48, -0.02}, 0.15), disc(p, point{0.48, -0.02}, 0.15),
			disc(p, point{-0.2, -0.36}, 0.17), disc(p, point{0.2, -0.36}, 0.17),
		)
	},
	Smile: func(p point) float64 {
		mouth := max(math.Abs(disc(p, point{0, -0.05}, 0.46))-0.08, 0.16-p.y)
		return min(mouth, disc(p, point{-0.24, -0.24}, 0.11), disc(p, point{0.24, -0.24}, 0.11))
	},
	Gift: func(p point) float64 {
		parcel := min(box(p, point{0, 0.3}, point{0.42, 0.26}), box(p, point{0, -0.12}, point{0.5, 0.1})) - 0.03
		ribbon := box(p, point{0, 0.2}, point{0.06, 0.6})
		bow := min(math.Abs(disc(p, point{-0.17, -0.4}, 0.15)), math.Abs(disc(p, point{0.17, -0.4}, 0.15))) - 0.05
		return min(max(parcel, -ribbon), bow)
	},
}

var (
	heartTip = polygon([]point{{-0.52, 0}, {0, -0.2}, {0.52, 0}, {0, 0.6}})
	dropTip  = polygon([]point{{0, -0.66}, {0.37, 0}, {0, 0.2}, {-0.37, 0}})
)

func disc(p, middle point, radius float64) float64 {
	return hypot(p.x-middle.x, p.y-middle.y) - radius
}

// hypot is math.Hypot without its care for numbers that are very large or very small.
func hypot(x, y float64) float64 { return math.Sqrt(x*x + y*y) }

// box is the distance from a rectangle with its middle and half its sides.
func box(p, middle, half point) float64 {
	x, y := math.Abs(p.x-middle.x)-half.x, math.Abs(p.y-middle.y)-half.y
	return hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0)
}

// segment is the distance from the straight line between two points.
func segment(p, a, b point) float64 {
	along, across := point{b.x - a.x, b.y - a.y}, point{p.x - a.x, p.y - a.y}
	length := along.x*along.x + along.y*along.y
	t := min(max((across.x*along.x+across.y*along.y)/length, 0), 1)
	return hypot(across.x-t*along.x, across.y-t*along.y)
}

// polygon returns the shape between points: the distance from the nearest side, inside
// if a line to the right crosses an odd number of sides.
func polygon(corners []point) shape {
	return func(p point) float64 {
		nearest, inside := math.Inf(1), false
		for i, a := range corners {
			b := corners[(i+1)%len(corners)]
			nearest = min(nearest, segment(p, a, b))
			if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
				inside = !inside
			}
		}
		if inside {
			return -nearest
		}
		return nearest
	}
}

func starPoints(outer, inner float64) []point {
	const tips = 5
	var corners []point
	for i := range 2 * tips {
		radius := outer
		if i%2 == 1 {
			radius = inner
		}
		sin, cos := math.Sincos(float64(i)*math.Pi/tips - math.Pi/2)
		corners = append(corners, point{radius * cos, radius*sin + 0.04})
	}
	return slices.Clip(corners)
}
