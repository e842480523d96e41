package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/leima/leima/jobs"
	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
)

const (
	// metricsPrefix begins the names of all metrics of Leima.
	metricsPrefix = "leima_"
	// scrapeTimeout bounds what is asked of the database and the hot state for one
	// scrape.
	scrapeTimeout = 2 * time.Second
)

// commandKinds are the kinds of commands that are counted, one by one.
var commandKinds = []loyalty.CommandKind{
	loyalty.CommandStamp, loyalty.CommandRedeem, loyalty.CommandReverse, loyalty.CommandAdjust,
	loyalty.CommandExpire, loyalty.CommandWelcome, loyalty.CommandMergeIn, loyalty.CommandMergeOut,
}

// metrics is what a server counts for Prometheus. The packages that do the work know
// nothing of it: it comes to them as an interface of theirs, or it asks them when it is
// itself asked. A server without --debug-addr has none.
type metrics struct {
	registry *prometheus.Registry
	requests *requestMetrics

	commands map[loyalty.CommandKind]*[ledger.Answers]prometheus.Counter
	batch    prometheus.Histogram
	commit   prometheus.Histogram

	jobRuns   *prometheus.CounterVec
	jobWorked *prometheus.GaugeVec

	pushed *prometheus.CounterVec

	checkedCards prometheus.Counter
	drift        *prometheus.CounterVec
	notLookedAt  *prometheus.CounterVec
	checkedAt    prometheus.Gauge
}

var _ ledger.Observer = (*metrics)(nil)

func newMetrics(b build) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: newRequestMetrics(),
		batch: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: metricsPrefix + "batch_commands", Help: "Commands that shared one transaction.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 10), // to loyalty.MaxBatch
		}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: metricsPrefix + "commit_seconds", Help: "Time that one transaction took, until it was durable.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15), // to 8 s
		}),
		jobRuns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricsPrefix + "job_runs_total", Help: "Runs of background jobs that have ended.",
		}, []string{"job", "result"}),
		jobWorked: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: metricsPrefix + "job_last_success_timestamp_seconds", Help: "When a background job last did what was due.",
		}, []string{"job"}),
		pushed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricsPrefix + "apple_pushes_total", Help: "Pushes to phones that a pass changed, by what became of them.",
		}, []string{"result"}),
		checkedCards: prometheus.NewCounter(prometheus.CounterOpts{
			Name: metricsPrefix + "self_check_cards_total", Help: "Cards whose ledger was proved by the nightly self-check.",
		}),
		drift: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricsPrefix + "self_check_drift_total",
			Help: "Cards that were not what their ledger says (ledger), or not shown as they are (projection; corrected).",
		}, []string{"kind"}),
		notLookedAt: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: metricsPrefix + "self_check_not_looked_at_total",
			Help: "What the self-check could not look at: cards with too long a ledger (ledger), cards (projection) and live totals (totals) while Redis did not answer.",
		}, []string{"kind"}),
		checkedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: metricsPrefix + "self_check_last_timestamp_seconds", Help: "When the self-check last ended.",
		}),
		commands: map[loyalty.CommandKind]*[ledger.Answers]prometheus.Counter{},
	}
	answers := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: metricsPrefix + "commands_total", Help: "Commands to the ledger, by what became of them. Imports are not among them.",
	}, []string{"kind", "outcome"})
	for _, kind := range commandKinds {
		row := &[ledger.Answers]prometheus.Counter{}
		for a := range ledger.Answers {
			row[a] = answers.WithLabelValues(string(kind), a.String())
		}
		m.commands[kind] = row
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: metricsPrefix + "build_info", Help: "1, with the build as labels.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit},
	})
	info.Set(1)
	for _, kind := range []string{jobs.DriftLedger, jobs.DriftProjection} {
		m.drift.WithLabelValues(kind) // so that it is there, with 0, before there is any
	}
	for _, kind := range []string{jobs.DriftLedger, jobs.DriftProjection, jobs.LiveTotals} {
		m.notLookedAt.WithLabelValues(kind)
	}
	m.registry.MustRegister(
		info, answers, m.batch, m.commit, m.requests, m.jobRuns, m.jobWorked, m.checkedCards, m.drift, m.notLookedAt, m.checkedAt,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Answered implements ledger.Observer.
func (m *metrics) Answered(kind loyalty.CommandKind, answer ledger.Answer) {
	if row := m.commands[kind]; row != nil {
		row[answer].Inc()
	}
}

// Committed implements ledger.Observer.
func (m *metrics) Committed(commands int, took time.Duration) {
	m.batch.Observe(float64(commands))
	m.commit.Observe(took.Seconds())
}

// selfCheck takes the report of a self-check.
func (m *metrics) selfCheck(r jobs.CheckReport) {
	if m == nil {
		return
	}
	m.checkedCards.Add(float64(r.Cards - r.NotProved))
	m.drift.WithLabelValues(jobs.DriftLedger).Add(float64(r.Ledger))
	m.drift.WithLabelValues(jobs.DriftProjection).Add(float64(r.Projection))
	m.notLookedAt.WithLabelValues(jobs.DriftLedger).Add(float64(r.NotProved))
	m.notLookedAt.WithLabelValues(jobs.DriftProjection).Add(float64(r.NotSeen))
	m.notLookedAt.WithLabelValues(jobs.LiveTotals).Add(float64(r.CellsNotSeen))
	m.checkedAt.SetToCurrentTime()
}
