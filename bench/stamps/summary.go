//go:build linux

package main

import (
	"cmp"
	"slices"
	"strings"
)

// summary is an entrant with one number of connections over all rounds: medians, but
// for what is said to be something else.
type summary struct {
	Entrant     string  `json:"entrant"`
	Connections int     `json:"connections"`
	Rate        float64 `json:"rate"`
	// P50 and P99 are in milliseconds.
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	// Server, Database, Redis and Load are processor times per request, in
	// microseconds.
	Server   float64 `json:"server_cpu_us"`
	Database float64 `json:"database_cpu_us"`
	Redis    float64 `json:"redis_cpu_us"`
	Load     float64 `json:"load_cpu_us"`
	// Memory is the most that the server held in any round, in bytes.
	Memory    int64   `json:"memory_bytes"`
	Elsewhere float64 `json:"elsewhere"`
	// Refused and Broken are sums over all rounds; FirstRefusal is an example.
	Refused      int64  `json:"refused"`
	Broken       int64  `json:"broken"`
	FirstRefusal string `json:"first_refusal,omitempty"`
}

// key names what is measured in each round.
type key struct {
	entrant     string
	connections int
}

// grouped returns the measurements by what was measured, and the order in which that
// came first: by connections, then by entrant.
func grouped(all []measurement) (map[key][]measurement, []key) {
	groups := map[key][]measurement{}
	var order []key
	for _, m := range all {
		k := key{m.Entrant, m.Connections}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], m)
	}
	return groups, order
}

func summarize(all []measurement) []summary {
	groups, order := grouped(all)
	list := make([]summary, 0, len(order))
	for _, k := range order {
		ms := groups[k]
		s := summary{
			Entrant: k.entrant, Connections: k.connections,
			Rate: median(ms, func(m measurement) float64 { return m.Load.Rate() }),
			P50:  median(ms, func(m measurement) float64 { return float64(m.Load.P50) / 1000 }),
			P99:  median(ms, func(m measurement) float64 { return float64(m.Load.P99) / 1000 }),

			Server:   median(ms, func(m measurement) float64 { return m.each(m.Server) }),
			Database: median(ms, func(m measurement) float64 { return m.each(m.Database) }),
			Redis:    median(ms, func(m measurement) float64 { return m.each(m.Redis) }),
			Load:     median(ms, func(m measurement) float64 { return m.each(m.Load.CPU) }),

			Elsewhere: median(ms, func(m measurement) float64 { return m.Elsewhere }),
		}
		for _, m := range ms {
			s.Memory = max(s.Memory, m.Memory)
			s.Broken += m.Load.Broken
			s.FirstRefusal = cmp.Or(s.FirstRefusal, m.Load.FirstRefusal)
			for _, n := range m.Load.Refused {
				s.Refused += n
			}
		}
		list = append(list, s)
	}
	return list
}

// each returns a processor time per request.
func (m measurement) each(used int64) float64 {
	if m.Load.Answers == 0 {
		return 0
	}
	return float64(used) / float64(m.Load.Answers)
}

// cost returns what one request took of server, database and Redis, in microseconds.
func (m measurement) cost() float64 { return m.each(m.Server + m.Database + m.Redis) }

// Quantities of which ratios are made.
const (
	ofRates = "rate"
	ofCosts = "cost"
)

// ratio compares two entrants round by round: whatever else the machine does in a round
// falls on both.
type ratio struct {
	Of          string  `json:"of"`
	Entrant     string  `json:"entrant"`
	To          string  `json:"to"`
	Connections int     `json:"connections"`
	Median      float64 `json:"median"`
	Least       float64 `json:"least"`
	Most        float64 `json:"most"`
}

func ratios(all []measurement) []ratio {
	groups, order := grouped(all)
	var list []ratio
	for _, k := range order {
		for _, to := range comparedWith(k.entrant) {
			for _, quantity := range []string{ofRates, ofCosts} {
				if r, ok := compare(quantity, groups[k], groups[key{to, k.connections}]); ok {
					list = append(list, r)
				}
			}
		}
	}
	return list
}

// comparedWith returns the entrants that an entrant is compared with.
func comparedWith(entrant string) []string {
	letter, _, special := strings.Cut(entrant, " ")
	switch {
	case special:
		return []string{letter}
	case entrant == "c":
		return []string{"a", "b", "p"}
	case entrant == "d":
		return []string{"a", "q"}
	case entrant == "a":
		return nil
	}
	return []string{"a"}
}

// compare returns false if the two have no round in common in which both did anything.
func compare(quantity string, ms, to []measurement) (ratio, bool) {
	var each []float64
	r := ratio{Of: quantity}
	for _, m := range ms {
		i := slices.IndexFunc(to, func(x measurement) bool { return x.Round == m.Round })
		if i < 0 {
			continue
		}
		r.Entrant, r.To, r.Connections = m.Entrant, to[i].Entrant, m.Connections
		have, base := m.Load.Rate(), to[i].Load.Rate()
		if quantity == ofCosts {
			if m.Load.Answers == 0 {
				continue // work that came to nothing has no cost by request
			}
			have, base = m.cost(), to[i].cost()
		}
		if base > 0 {
			each = append(each, have/base)
		}
	}
	if len(each) == 0 {
		return r, false
	}
	r.Median = median(each, func(x float64) float64 { return x })
	r.Least, r.Most = slices.Min(each), slices.Max(each)
	return r, true
}

// median returns the middle of the values, or the mean of the two in the middle; 0 of
// none.
func median[T any](list []T, value func(T) float64) float64 {
	if len(list) == 0 {
		return 0
	}
	values := make([]float64, len(list))
	for i, x := range list {
		values[i] = value(x)
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}
