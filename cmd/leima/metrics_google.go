package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/leima/leima/jobs"
)

// googlePasses returns what counts cards that are sent to Google and what comparisons
// find there, nil and nil if nobody asks.
func (m *metrics) googlePasses() (func(jobs.GoogleResult), func(jobs.GoogleCompared)) {
	if m == nil {
		return nil, nil
	}
	sent := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: metricsPrefix + "google_passes_sent_total", Help: "Cards sent to Google Wallet, by what became of them.",
	}, []string{"result"})
	for _, result := range jobs.GoogleResults {
		sent.WithLabelValues(string(result)) // so that it is there, with 0, before there is any
	}
	found := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: metricsPrefix + "google_compared_total",
		Help: "Cards that comparisons found at Google: seen, and of these unknown here, different (corrected) or failed; missing were made anew.",
	}, []string{"kind"})
	for _, kind := range []string{"seen", "unknown", "different", "missing", "failed"} {
		found.WithLabelValues(kind)
	}
	refused := prometheus.NewCounter(prometheus.CounterOpts{
		Name: metricsPrefix + "google_comparisons_refused_total",
		Help: "Comparisons that found so many cards unknown here that none was deactivated: probably the wrong database.",
	})
	m.registry.MustRegister(sent, found, refused)
	return func(result jobs.GoogleResult) { sent.WithLabelValues(string(result)).Inc() }, func(c jobs.GoogleCompared) {
		for kind, n := range map[string]int{
			"seen": c.Seen, "unknown": c.Unknown, "different": c.Differed, "missing": c.Missing, "failed": c.Failed,
		} {
			found.WithLabelValues(kind).Add(float64(n))
		}
		if c.Refused {
			refused.Inc()
		}
	}
}
