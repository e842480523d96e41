//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

// The targets. They hold for a quiet machine and, where connections matter, for
// targetConnections.
const (
	targetConnections = 64
	targetCB          = 0.9
	targetCA          = 0.35
	targetDA          = 0.33
	targetScans       = 0.6
	targetHot         = 0.5
	targetP99         = 20.0 // milliseconds
	targetFlat        = 1.15 // cost with another size to cost with the first
	targetStart       = 3000 // milliseconds
	targetStartCards  = 5_000_000
	targetOrgs        = 1000
	targetMemory      = 200 << 20 // bytes
)

// States of a verdict.
const (
	reached     = "reached"
	notReached  = "not reached"
	notMeasured = "not measured"
)

// verdict says whether a target is reached.
type verdict struct {
	State  string `json:"state"`
	Target string `json:"target"`
	Have   string `json:"have,omitempty"`
}

// judge holds the figures against the targets.
func judge(r report) []verdict {
	at := fmt.Sprintf("at %d connections", targetConnections)
	list := []verdict{
		r.rate("c", "b", targetCB, at),
		r.rate("c", "a", targetCA, at),
		r.p99("c", at),
		r.rate("d", "a", targetDA, at),
		r.rate("scans", "a", targetScans, at),
	}
	for _, letter := range r.Options.Vary {
		list = append(list, r.flat(letter, "cards=", targetStartCards, at), r.flat(letter, "orgs=", targetOrgs, at),
			r.rate(letter+" hot", letter, targetHot, at), r.started(letter))
	}
	return append(list, r.memory("c"), r.memory("d"))
}

func judged(good bool, target, format string, a ...any) verdict {
	v := verdict{State: notReached, Target: target, Have: fmt.Sprintf(format, a...)}
	if good {
		v.State = reached
	}
	return v
}

func (r report) ratio(of, entrant, to string) (ratio, bool) {
	i := slices.IndexFunc(r.Ratios, func(x ratio) bool {
		return x.Of == of && x.Entrant == entrant && x.To == to && x.Connections == targetConnections
	})
	if i < 0 {
		return ratio{}, false
	}
	return r.Ratios[i], true
}

func (r report) rate(entrant, to string, least float64, at string) verdict {
	target := fmt.Sprintf("%s/%s ≥ %g %s", entrant, to, least, at)
	x, ok := r.ratio(ofRates, entrant, to)
	if !ok {
		return verdict{State: notMeasured, Target: target}
	}
	return judged(x.Median >= least, target, "%.2f (%.2f to %.2f)", x.Median, x.Least, x.Most)
}

func (r report) p99(entrant, at string) verdict {
	target := fmt.Sprintf("p99 of %s ≤ %g ms %s", entrant, targetP99, at)
	i := slices.IndexFunc(r.Summaries, func(s summary) bool {
		return s.Entrant == entrant && s.Connections == targetConnections
	})
	if i < 0 {
		return verdict{State: notMeasured, Target: target}
	}
	return judged(r.Summaries[i].P99 <= targetP99, target, "%.1f ms", r.Summaries[i].P99)
}

// flat looks at the largest of the sizes that begin with kind.
func (r report) flat(letter, kind string, size int, at string) verdict {
	target := fmt.Sprintf("cost of a stamp of %s with %s%d within 15 %% of the first %s", letter, kind, size, at)
	x, ok := r.ratio(ofCosts, fmt.Sprintf("%s %s%d", letter, kind, size), letter)
	if !ok {
		return verdict{State: notMeasured, Target: target, Have: r.otherSizes(letter, kind)}
	}
	return judged(x.Median <= targetFlat, target, "%.2f (%.2f to %.2f)", x.Median, x.Least, x.Most)
}

// otherSizes tells what was measured instead of the size that the target names.
func (r report) otherSizes(letter, kind string) string {
	var list []string
	for _, x := range r.Ratios {
		if x.Of == ofCosts && strings.HasPrefix(x.Entrant, letter+" "+kind) && x.Connections == targetConnections {
			list = append(list, fmt.Sprintf("%s: %.2f", x.Entrant, x.Median))
		}
	}
	return strings.Join(list, ", ")
}

func (r report) started(letter string) verdict {
	target := fmt.Sprintf("start-up of %s with %d cards ≤ %g s", letter, targetStartCards, targetStart/1000.0)
	for _, s := range r.Starts {
		if s.Cards >= targetStartCards && strings.HasPrefix(s.Name, letter) {
			return judged(s.Milliseconds <= targetStart, target, "%d ms", s.Milliseconds)
		}
	}
	return verdict{State: notMeasured, Target: target}
}

func (r report) memory(letter string) verdict {
	target := fmt.Sprintf("memory of %s under load ≤ %d MB", letter, targetMemory>>20)
	most := int64(0)
	for _, s := range r.Summaries {
		if s.Entrant == letter || strings.HasPrefix(s.Entrant, letter+" ") {
			most = max(most, s.Memory)
		}
	}
	if most == 0 {
		return verdict{State: notMeasured, Target: target}
	}
	return judged(most <= targetMemory, target, "%d MB", most>>20)
}
