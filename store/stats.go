package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/customer"
)

// Stats returns the totals of a program as its ledger has them now, or
// loyalty.ErrNotFound. Stamps are those of visits and purchases; welcome stamps and
// corrections are only among the entries. What was earned on a day and taken back later
// is missing from that day. It reads an index of all the program's entries.
func (s *Store) Stats(ctx context.Context, orgID, programID string, now int64) (customer.Stats, error) {
	var st customer.Stats
	err := s.read(ctx, orgID, func(tx *transaction) error {
		st = customer.Stats{}
		if _, err := programIn(ctx, tx, orgID, programID); err != nil {
			return err
		}
		q := statsQuery{ctx: ctx, tx: tx, args: []any{orgID, programID}}
		q.totals("SELECT COUNT(*), COUNT(*) FILTER (WHERE status = 'provisional') FROM card "+
			"WHERE org_id = $1 AND program_id = $2 AND "+usable, &st.Cards, &st.Provisional)
		q.totals("SELECT COALESCE(CAST(SUM(quantity) FILTER (WHERE kind = 'stamp') AS BIGINT), 0), COUNT(*) FROM entry "+
			"WHERE org_id = $1 AND program_id = $2", &st.Stamps, &st.Entries)
		var reversed int64
		q.totals("SELECT COALESCE(CAST(SUM(o.quantity) AS BIGINT), 0) "+reversedStamps, &reversed)
		st.Stamps -= reversed
		q.totals("SELECT COUNT(*), COUNT(*) FILTER (WHERE status = 'redeemed'), COUNT(*) FILTER (WHERE status = 'expired'), "+
			"COUNT(*) FILTER (WHERE status = 'reversed') FROM coupon WHERE org_id = $1 AND program_id = $2",
			&st.CouponsIssued, &st.CouponsRedeemed, &st.CouponsExpired, &st.CouponsReversed)
		q.args = append(q.args, now)
		q.totals("SELECT COUNT(*) FROM coupon WHERE org_id = $1 AND program_id = $2 AND status = 'issued' "+
			"AND (expires_at = 0 OR expires_at > $3)", &st.CouponsOpen)
		if q.err != nil {
			return q.err
		}
		var err error
		st.Days, err = statsDays(ctx, tx, orgID, programID)
		return err
	})
	return st, err
}

// reversedStamps joins reversals to the stamps they took back.
const reversedStamps = "FROM entry r JOIN entry o ON o.org_id = r.org_id AND o.id = r.reverses " +
	"WHERE r.org_id = $1 AND r.program_id = $2 AND r.kind = 'reversal' AND o.kind = 'stamp'"

// statsQuery runs queries of one row until one fails.
type statsQuery struct {
	ctx  context.Context //nolint:containedctx // lives for one call
	tx   *transaction
	args []any
	err  error
}

func (q *statsQuery) totals(query string, into ...any) {
	if q.err != nil {
		return
	}
	if err := q.tx.QueryRowContext(q.ctx, query, q.args...).Scan(into...); err != nil {
		q.err = fmt.Errorf("count for statistics: %w", err)
	}
}

// statsDays returns the last customer.MaxStatsDays days on which something happened,
// the oldest first.
func statsDays(ctx context.Context, tx *transaction, orgID, programID string) ([]customer.DayStats, error) {
	// A day's facts come from four places; each is a row of the day with one number.
	const facts = "SELECT day, " +
		"SUM(quantity) FILTER (WHERE kind = 'stamp') AS stamps, " +
		"COUNT(*) FILTER (WHERE kind = 'reward') AS issued, " +
		"COUNT(*) FILTER (WHERE kind = 'redeem') AS redeemed, 0 AS joined " +
		"FROM entry WHERE org_id = $1 AND program_id = $2 GROUP BY day " +
		"UNION ALL SELECT o.day, -SUM(o.quantity), 0, 0, 0 " + reversedStamps + " GROUP BY o.day " +
		"UNION ALL SELECT joined_day, 0, 0, 0, COUNT(*) FROM card WHERE org_id = $1 AND program_id = $2 GROUP BY joined_day"
	days, err := all(ctx, tx, func(r scanner) (d customer.DayStats, err error) {
		if err = r.Scan(&d.Day, &d.Stamps, &d.CouponsIssued, &d.CouponsRedeemed, &d.NewCards); err != nil {
			err = fmt.Errorf("read day of statistics: %w", err)
		}
		return d, err
	}, "SELECT day, COALESCE(CAST(SUM(stamps) AS BIGINT), 0), CAST(SUM(issued) AS BIGINT), CAST(SUM(redeemed) AS BIGINT), "+
		"CAST(SUM(joined) AS BIGINT) FROM ("+facts+") AS f GROUP BY day ORDER BY day DESC LIMIT $3",
		orgID, programID, customer.MaxStatsDays)
	for i, j := 0, len(days)-1; i < j; i, j = i+1, j-1 {
		days[i], days[j] = days[j], days[i]
	}
	return days, err
}
