package receipttest

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Header is the first line of the export.
const Header = "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp"

// MaxLines is how many lines can be made up.
const MaxLines = 5_000_000

// One basket has a number so round that R, which made the retail file, writes
// it in fewer letters as a float. It is the same number all the same.
const (
	roundID        = 69_040_000_000
	roundIDAsFloat = "6.904e+10"
)

// Shape says how large the export is. Every household has at least one
// basket, every basket at least one line.
type Shape struct {
	Seed       uint64 // the same seed gives the same export
	Households int
	Stores     int
	Baskets    int // not less than Households
	Lines      int // not less than Baskets
}

// Basket is one purchase as it must come out of the export.
type Basket struct {
	ID        string
	Household string
	Store     string
	AtMs      int64 // UTC milliseconds
	Lines     int
	Cents     int64
}

// Data is an export and what is in it.
type Data struct {
	CSV []byte
	// Baskets is ordered by time, then by ID.
	Baskets []Basket
	// BasketsOf counts the baskets of each household.
	BasketsOf map[string]int
	// BasketsIn counts the baskets of each store that has any.
	BasketsIn map[string]int
}

// Generate makes up an export. It panics on a shape that cannot be, which is
// the test's own mistake.
func Generate(s Shape) Data {
	if s.Households < 1 || s.Stores < 1 || s.Baskets < s.Households || s.Lines < s.Baskets || s.Lines > MaxLines {
		panic(fmt.Sprintf("receipttest: impossible shape %+v", s))
	}
	r := rand.New(rand.NewPCG(s.Seed, 0))
	d := Data{BasketsOf: map[string]int{}, BasketsIn: map[string]int{}}
	for i := range s.Baskets {
		d.Baskets = append(d.Baskets, newBasket(r, s, i))
	}
	for _, b := range d.Baskets {
		d.BasketsOf[b.Household]++
		d.BasketsIn[b.Store]++
	}
	var rows [][]byte
	for i := range s.Lines {
		// The first lines give every basket one, the others fall where they may.
		b := &d.Baskets[i%s.Baskets]
		if i >= s.Baskets {
			b = &d.Baskets[r.IntN(s.Baskets)]
		}
		cents := newCents(r)
		b.Lines++
		b.Cents += cents
		rows = append(rows, newRow(r, b, cents))
	}
	// Scattered: the lines of a basket do not stand together.
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	d.CSV = append([]byte(Header+"\n"), bytes.Join(rows, nil)...)
	slices.SortFunc(d.Baskets, func(a, b Basket) int {
		return cmp.Or(cmp.Compare(a.AtMs, b.AtMs), cmp.Compare(a.ID, b.ID))
	})
	return d
}

// newBasket makes up basket i. The first ones go round the households, the
// others favour a few: some people come daily, most seldom.
func newBasket(r *rand.Rand, s Shape, i int) Basket {
	household := i
	if i >= s.Households {
		household = min(r.IntN(s.Households), r.IntN(s.Households))
	}
	id := 70_000_000_000 + i*37
	if i == s.Baskets/2 {
		id = roundID
	}
	year := time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)
	return Basket{
		ID:        strconv.Itoa(id),
		Household: strconv.Itoa(household + 1),
		Store:     strconv.Itoa(40_000 + r.IntN(s.Stores)),
		AtMs:      year.Add(time.Duration(r.IntN(365*24*60*60)) * time.Second).UnixMilli(),
	}
}

// newCents makes up a price: mostly a few dollars, seldom nothing.
func newCents(r *rand.Rand) int64 {
	if r.IntN(100) == 0 {
		return 0
	}
	return 1 + r.Int64N(600) + r.Int64N(600)*r.Int64N(2)
}

func newRow(r *rand.Rand, b *Basket, cents int64) []byte {
	at := time.UnixMilli(b.AtMs).UTC()
	quantity := []string{"1.0", "1.0", "1.0", "2.0", "3.0", "0.0"}[r.IntN(6)]
	id := b.ID
	if id == strconv.Itoa(roundID) {
		id = roundIDAsFloat
	}
	return fmt.Appendf(nil, "%s,%s,%s,%d,%s,%s,%s,0.0,0.0,%d,%s\n",
		b.Household, b.Store, id, 500_000+r.IntN(90_000), quantity, dollars(r, cents),
		strconv.FormatFloat(float64(r.IntN(200))/100, 'f', -1, 64), (at.YearDay()-1)/7+1, at.Format(time.RFC3339))
}

// dollars writes cents the way a table of floats is exported: "1.0", "1.5",
// "1.49", and once in a while with the noise of binary arithmetic.
func dollars(r *rand.Rand, cents int64) string {
	switch noise := r.IntN(500); {
	case noise == 0 && cents == 0:
		return "4.5e-16"
	case noise == 0:
		return fmt.Sprintf("%d.%02d00000001", cents/100, cents%100)
	case noise == 1 && cents > 0:
		return fmt.Sprintf("%d.%02d9999999999", (cents-1)/100, (cents-1)%100)
	case cents%100 == 0:
		return fmt.Sprintf("%d.0", cents/100)
	default:
		return strconv.FormatFloat(float64(cents)/100, 'f', -1, 64)
	}
}
