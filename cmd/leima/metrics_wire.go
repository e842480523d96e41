package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
)

// The methods by which metrics get into a server. A server that counts nothing has nil
// metrics, and they leave everything as it is.

// batches returns the ledger, with its transactions counted.
func (m *metrics) batches(l loyalty.BatchLedger) loyalty.BatchLedger {
	if m == nil {
		return l
	}
	return ledger.ObservedBatches(l, m)
}

// ledger returns the ledger, with its answers counted.
func (m *metrics) ledger(l loyalty.Ledger) loyalty.Ledger {
	if m == nil {
		return l
	}
	return ledger.Observed(l, m)
}

// around returns the middleware that counts requests.
func (m *metrics) around() []echo.MiddlewareFunc {
	if m == nil {
		return nil
	}
	return []echo.MiddlewareFunc{m.requests.count}
}

// know makes the counters of the routes, all of which must be there by now.
func (m *metrics) know(e *echo.Echo) {
	if m != nil {
		m.requests.know(e.Routes())
	}
}

// periodic returns the jobs, with their runs counted.
func (m *metrics) periodic(list []jobs.Periodic) []jobs.Periodic {
	if m == nil {
		return list
	}
	for i := range list {
		list[i].Run = m.run(list[i].Name, list[i].Run)
	}
	return list
}

func (m *metrics) run(name string, run func(context.Context) error) func(context.Context) error {
	worked, failed := m.jobRuns.WithLabelValues(name, "success"), m.jobRuns.WithLabelValues(name, "failure")
	at := m.jobWorked.WithLabelValues(name)
	return func(ctx context.Context) error {
		err := run(ctx)
		switch {
		case err == nil:
			worked.Inc()
			at.SetToCurrentTime()
		case !errors.Is(context.Cause(ctx), context.Canceled): // the server is not just stopping
			failed.Inc()
		}
		return err
	}
}

// watch asks the parts of a server for numbers whenever it is itself asked.
func (m *metrics) watch(w watched) {
	if m != nil {
		m.registry.MustRegister(newWatchedMetrics(w))
	}
}

// pushes returns what counts pushes of passes, nil if nobody asks.
func (m *metrics) pushes() func(jobs.PushResult) {
	if m == nil {
		return nil
	}
	for _, result := range jobs.PushResults {
		m.pushed.WithLabelValues(string(result)) // so that it is there, with 0, before there is any
	}
	m.registry.MustRegister(m.pushed)
	return func(result jobs.PushResult) { m.pushed.WithLabelValues(string(result)).Inc() }
}

// appleExpires tells when the certificate for passes ends.
func (m *metrics) appleExpires(at time.Time) {
	if m == nil {
		return
	}
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: metricsPrefix + "apple_certificate_expires_timestamp_seconds", Help: "When the certificate for passes for Apple Wallet ends.",
	})
	gauge.Set(float64(at.Unix()))
	m.registry.MustRegister(gauge)
}

// watched are the parts of a server that know numbers of their own.
type watched struct {
	// Ledger tells how many commands wait.
	Ledger interface{ Waiting() int }
	// Hot is the hot state, Epochs where its epoch is kept.
	Hot interface {
		Health(ctx context.Context) hot.Health
		Kind() string
		Divided() bool
	}
	Epochs interface {
		Epoch(ctx context.Context) (int64, error)
	}
	// Follower projects what was committed.
	Follower interface {
		Stats() projection.FollowerStats
	}
	// Cards answers questions for cards.
	Cards interface{ Hits() (hits, misses int64) }
}

type watchedMetrics struct {
	watched
	waiting, up, epoch, projecting, lag, cards *prometheus.Desc
}

func newWatchedMetrics(w watched) *watchedMetrics {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(metricsPrefix+name, help, labels, nil)
	}
	return &watchedMetrics{
		watched:    w,
		waiting:    describe("commands_waiting", "Commands that wait or are being committed."),
		up:         describe("hot_up", "1 if the hot state works as it should, 0 if reads come from the database instead.", "kind"),
		epoch:      describe("hot_epoch", "Epoch of the hot state in the database."),
		projecting: describe("projection_waiting", "Commits that were not projected yet."),
		lag:        describe("projection_lag_seconds", "How long the oldest commit that was not projected yet has waited."),
		cards:      describe("cards_found_total", "Questions for a card by code, by number in a program or by link, by what answered them.", "in"),
	}
}

// Describe implements prometheus.Collector.
func (w *watchedMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{w.waiting, w.up, w.epoch, w.projecting, w.lag, w.cards} {
		out <- d
	}
}

// Collect implements prometheus.Collector. What cannot be told is left out, so that the
// rest can be read when the database is away.
func (w *watchedMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(w.waiting, float64(w.Ledger.Waiting()))
	up := 0.0
	if w.Hot.Health(ctx).OK && !w.Hot.Divided() {
		up = 1
	}
	gauge(w.up, up, strings.ReplaceAll(w.Hot.Kind(), " ", "_"))
	if epoch, err := w.Epochs.Epoch(ctx); err == nil {
		gauge(w.epoch, float64(epoch))
	}
	following := w.Follower.Stats()
	gauge(w.projecting, float64(following.Waiting))
	gauge(w.lag, following.Lag.Seconds())
	hits, misses := w.Cards.Hits()
	for in, n := range map[string]int64{"hot_state": hits, "database": misses} {
		out <- prometheus.MustNewConstMetric(w.cards, prometheus.CounterValue, float64(n), in)
	}
}
