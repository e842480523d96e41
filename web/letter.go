package web

import (
	"math"
	"strconv"
	"strings"
)

// Letters are drawn as strokes of a pen: lines between points on a grid that is 4
// wide and 6 high, with 0,0 at the top left. Round pens make chamfered corners look
// like curves. It is a small alphabet, for one letter on an icon; what it lacks is
// drawn as a star.

// letterStrokes are the lines of each letter; " " separates points of a line, "|"
// separates lines.
var letterStrokes = map[rune]string{
	'A': "0,6 2,0 4,6|0.8,4 3.2,4", 'B': "0,6 0,0 2.6,0 3.6,0.8 3.6,2.2 2.8,3 0,3|2.8,3 4,3.9 4,5.1 3,6 0,6",
	'C': "4,1 3,0 1,0 0,1.2 0,4.8 1,6 3,6 4,5", 'D': "0,6 0,0 2.4,0 4,1.6 4,4.4 2.4,6 0,6",
	'E': "4,0 0,0 0,6 4,6|0,3 3.2,3", 'F': "4,0 0,0 0,6|0,3 3.2,3",
	'G': "4,1 3,0 1,0 0,1.2 0,4.8 1,6 3,6 4,4.9 4,3.2 2.4,3.2", 'H': "0,0 0,6|4,0 4,6|0,3 4,3", 'I': "2,0 2,6",
	'J': "3.6,0 3.6,4.6 2.6,6 1.2,6 0.2,4.8", 'K': "0,0 0,6|4,0 0,3.4|1.4,2.3 4,6", 'L': "0.3,0 0.3,6 4,6",
	'M': "0,6 0,0 2,3.6 4,0 4,6", 'N': "0,6 0,0 4,6 4,0", 'O': "1.2,0 2.8,0 4,1.4 4,4.6 2.8,6 1.2,6 0,4.6 0,1.4 1.2,0",
	'P': "0,6 0,0 2.8,0 4,1 4,2.4 2.8,3.4 0,3.4", 'Q': "1.2,0 2.8,0 4,1.4 4,4.6 2.8,6 1.2,6 0,4.6 0,1.4 1.2,0|2.4,4.4 4.2,6.4",
	'R': "0,6 0,0 2.8,0 4,1 4,2.4 2.8,3.4 0,3.4|2,3.4 4,6", 'S': "3.9,0.9 3,0 1,0 0.1,1 0.1,2 1,2.8 3,3.2 3.9,4.1 3.9,5.1 3,6 1,6 0.1,5.1",
	'T': "0,0 4,0|2,0 2,6", 'U': "0,0 0,4.7 1.1,6 2.9,6 4,4.7 4,0", 'V': "0,0 2,6 4,0", 'W': "-0.4,0 0.8,6 2,1.6 3.2,6 4.4,0",
	'X': "0,0 4,6|4,0 0,6", 'Y': "0,0 2,3 4,0|2,3 2,6", 'Z': "0,0 4,0 0,6 4,6",
	'0': "1.2,0 2.8,0 4,1.4 4,4.6 2.8,6 1.2,6 0,4.6 0,1.4 1.2,0", '1': "0.6,1.4 2.2,0 2.2,6", '2': "0,1.2 1,0 3,0 4,1.2 4,2.2 0,6 4,6",
	'3': "0.2,0 4,0 2,2.4 3,2.6 4,3.6 4,4.8 3,6 1,6 0,5", '4': "3,6 3,0 0,4.2 4.2,4.2", '5': "3.8,0 0.4,0 0.2,2.6 2.6,2.6 4,3.8 4,4.8 2.8,6 1,6 0,5.2",
	'6': "3.4,0 1.4,1.4 0,3.6 0,4.8 1.2,6 2.8,6 4,4.8 4,4 2.8,2.9 1.2,2.9 0,4", '7': "0,0 4,0 1.4,6",
	'8': "1.2,0 2.8,0 3.7,0.9 3.7,2 2.7,2.9 1.3,2.9 0.3,2 0.3,0.9 1.2,0|1.3,2.9 0,4 0,5 1.2,6 2.8,6 4,5 4,4 2.7,2.9",
	'9': "4,2 2.8,3.1 1.2,3.1 0,2 0,1.2 1.2,0 2.8,0 4,1.2 4,2.4 2.6,4.6 0.6,6",
	'Б': "3.8,0 0,0 0,6 2.8,6 4,5 4,3.8 2.8,2.8 0,2.8", 'Г': "4,0 0.2,0 0.2,6", 'Д': "0.8,5 1.6,0 3.4,0 3.4,5|-0.2,6.4 -0.2,5 4.2,5 4.2,6.4",
	'Ж': "2,0 2,6|-0.4,0 2,3 4.4,0|-0.4,6 2,3 4.4,6", 'З': "0.1,0.9 1,0 3,0 3.8,0.9 3.8,2 2.8,2.9 1.4,2.9|2.8,2.9 4,4 4,5 3,6 1,6 0,5",
	'И': "0,0 0,6 4,0 4,6", 'Л': "0,6 0.8,5.4 1.6,0 4,0 4,6", 'П': "0,6 0,0 4,0 4,6", 'У': "0.2,0 2.2,3.8|4,0 1.8,5 0.8,6",
	'Ф': "2,0 2,6|1,1.2 3,1.2 4.2,2.2 4.2,3.6 3,4.6 1,4.6 -0.2,3.6 -0.2,2.2 1,1.2", 'Ц': "0,0 0,5.4 3.6,5.4 3.6,0|3.6,5.4 4.3,5.4 4.3,6.6",
	'Ч': "0,0 0,2.2 1.2,3.4 4,3.4|4,0 4,6", 'Ш': "-0.3,0 -0.3,6 4.3,6 4.3,0|2,0 2,6", 'Щ': "-0.4,0 -0.4,5.4 3.8,5.4 3.8,0|1.7,0 1.7,5.4|3.8,5.4 4.5,5.4 4.5,6.6",
	'Э': "0,1 1,0 3,0 4,1.2 4,4.8 3,6 1,6 0,5|1.6,3 4,3", 'Ю': "-0.3,0 -0.3,6|-0.3,3 1.3,3|2.4,0 3.3,0 4.3,1.2 4.3,4.8 3.3,6 2.4,6 1.3,4.8 1.3,1.2 2.4,0",
	'Я': "4,6 4,0 1.2,0 0,1 0,2.4 1.2,3.4 4,3.4|2,3.4 0,6", 'Ь': "0,0 0,6 2.8,6 4,5 4,3.8 2.8,2.8 0,2.8",
	'*': "2,0.4 2,5.6|-0.2,1.7 4.2,4.3|4.2,1.7 -0.2,4.3",
}

// sameShape are letters that look like another one, with dots or strokes above left
// out of account; marks are what is drawn above them.
var sameShape = strings.NewReplacer(
	"Å", "A", "Ä", "A", "À", "A", "Â", "A", "Ą", "A", "Æ", "A", "Ç", "C", "Ć", "C", "É", "E", "È", "E", "Ê", "E", "Ë", "E", "Ę", "E",
	"Î", "I", "Ï", "I", "Ł", "L", "Ń", "N", "Ñ", "N", "Ö", "O", "Ó", "O", "Ô", "O", "Õ", "O", "Ø", "O", "Ś", "S", "Š", "S",
	"Ü", "U", "Ù", "U", "Û", "U", "Ž", "Z", "Ź", "Z", "Ż", "Z",
	"А", "A", "В", "B", "Е", "E", "Ё", "E", "К", "K", "М", "M", "Н", "H", "О", "O", "Р", "P", "С", "C", "Т", "T", "Х", "X", "Й", "И",
)

var marks = map[string]string{
	"Ä": "1,-1.5 1,-1.5|3,-1.5 3,-1.5", "Ö": "1,-1.5 1,-1.5|3,-1.5 3,-1.5", "Ü": "1,-1.5 1,-1.5|3,-1.5 3,-1.5",
	"Ё": "1,-1.5 1,-1.5|3,-1.5 3,-1.5", "Å": "2,-1.9 2.4,-1.5 2,-1.1 1.6,-1.5 2,-1.9", "Й": "0.8,-1.6 2,-1 3.2,-1.6",
	"É": "1.6,-1 2.8,-1.8", "Ó": "1.6,-1 2.8,-1.8", "Ś": "1.6,-1 2.8,-1.8", "Ć": "1.6,-1 2.8,-1.8",
}

// point is a place on the unit square whose middle is 0,0.
type point struct{ x, y float64 }

// stroke is a straight line of the pen.
type stroke struct{ from, to point }

// distance is how far p is from the stroke.
func (s stroke) distance(p point) float64 {
	dx, dy := s.to.x-s.from.x, s.to.y-s.from.y
	t := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		t = min(max(((p.x-s.from.x)*dx+(p.y-s.from.y)*dy)/length, 0), 1)
	}
	return math.Hypot(p.x-s.from.x-t*dx, p.y-s.from.y-t*dy)
}

// lettersOf returns the strokes of a letter.
func lettersOf(letter string) []stroke {
	lines := "*"
	for _, r := range sameShape.Replace(letter) {
		lines = string(r)
		break
	}
	shape, ok := letterStrokes[[]rune(lines)[0]]
	if !ok {
		shape = letterStrokes['*']
	}
	if above := marks[letter]; above != "" {
		shape += "|" + above
	}
	var strokes []stroke
	for line := range strings.SplitSeq(shape, "|") {
		points := gridPoints(line)
		for i := 1; i < len(points); i++ {
			strokes = append(strokes, stroke{points[i-1], points[i]})
		}
	}
	return strokes
}

// gridPoints reads the points of one line and places the grid in the middle of the
// unit square, a third of it high.
func gridPoints(line string) []point {
	const cell = 0.36 / 6
	var points []point
	for pair := range strings.FieldsSeq(line) {
		x, y, _ := strings.Cut(pair, ",")
		points = append(points, point{(decimal(x) - 2) * cell, (decimal(y) - 3) * cell})
	}
	return points
}

// decimal reads a number of the tables above, which a test goes through.
func decimal(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return n
}
