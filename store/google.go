package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// googleColumns are those of a pass p for Google Wallet, with the card c.
const googleColumns = "p.org_id, p.serial, p.issuer_id, p.card_id, c.program_id, p.code, p.version, p.sent_version, p.notify, p.tries, p.saved"

const googleFrom = " FROM google_pass p JOIN card c ON c.org_id = p.org_id AND c.id = p.card_id "

func scanGooglePass(r scanner) (p customer.GooglePass, err error) {
	err = r.Scan(&p.OrgID, &p.Serial, &p.IssuerID, &p.CardID, &p.ProgramID, &p.Code, &p.Version, &p.SentVersion, &p.Notify, &p.Tries, &p.Saved)
	if err != nil {
		err = fmt.Errorf("read pass for Google: %w", err)
	}
	return p, err
}

// IssueGooglePass returns the pass of the card for the issuer, under its present code. The
// first call keeps the serial given; later ones return that kept. It returns
// loyalty.ErrNotFound for a card that is not there.
func (s *Store) IssueGooglePass(ctx context.Context, p customer.GooglePass) (customer.GooglePass, error) {
	const query = "SELECT " + googleColumns + googleFrom + "WHERE p.org_id = $1 AND p.card_id = $2 AND p.issuer_id = $3 AND p.code = c.code"
	found, err := readOne(ctx, s, p.OrgID, loyalty.ErrNotFound, scanGooglePass, query, p.OrgID, p.CardID, p.IssuerID)
	if err == nil || !isMissing(err) {
		return found, err
	}
	err = s.write(ctx, p.OrgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "INSERT INTO google_pass (org_id, serial, issuer_id, card_id, code, version, sent_version, sent_at, "+
			"card_version, program_version, org_version, notify, due_at, tries, saved, saved_at, found_at, "+
			"notified_first, notified_second, notified_third, created_at, modified_at) "+
			"SELECT c.org_id, CAST($2 AS TEXT), CAST($3 AS TEXT), c.id, c.code, 1, 0, 0, c.version, "+passProgramVersion+", "+passOrgVersion+", FALSE, 0, 0, FALSE, 0, 0, "+
			"0, 0, 0, CAST($5 AS BIGINT), CAST($5 AS BIGINT) "+
			passSources+"WHERE c.org_id = $1 AND c.id = $4 ON CONFLICT (org_id, card_id, issuer_id, code) DO NOTHING",
			p.OrgID, p.Serial, p.IssuerID, p.CardID, s.now())
		if err != nil {
			return err
		}
		found, err = one(ctx, tx, loyalty.ErrNotFound, scanGooglePass, query, p.OrgID, p.CardID, p.IssuerID)
		return err
	})
	return found, err
}

// GooglePasses returns the passes of the issuer with these serials, in no order; those
// that are not there are left out. At most customer.MaxGooglePassBatch serials.
func (s *Store) GooglePasses(ctx context.Context, orgID, issuerID string, serials []string) ([]customer.GooglePass, error) {
	if len(serials) > customer.MaxGooglePassBatch {
		return nil, fmt.Errorf("read %d passes for Google: at most %d in a call", len(serials), customer.MaxGooglePassBatch)
	}
	args := []any{orgID, issuerID}
	return readAll(ctx, s, orgID, scanGooglePass, "SELECT "+googleColumns+googleFrom+
		"WHERE p.org_id = $1 AND p.issuer_id = $2 AND p.serial IN "+in(&args, serials), args...)
}

// FollowGooglePasses is FollowPasses for Google Wallet: it notes the changes of cards that
// events since the instant tell of, each once, and returns how many passes changed, at
// most customer.MaxPassBatch; with so many, call it again.
func (s *Store) FollowGooglePasses(ctx context.Context, orgID string, since int64) (int, error) {
	return s.noteGooglePasses(ctx, orgID, s.cardChanged(), firstEvent(since))
}

// SweepGooglePasses does the same for all passes that are behind, whatever tells of it:
// after a new brand or rule, and for events that nobody followed.
func (s *Store) SweepGooglePasses(ctx context.Context, orgID string) (int, error) {
	return s.noteGooglePasses(ctx, orgID, passOutdated+" AND p.serial > $2", "")
}

func (s *Store) noteGooglePasses(ctx context.Context, orgID, condition, since string) (int, error) {
	serials, err := s.behind(ctx, googlePasses, orgID, condition+" ORDER BY p.serial", since)
	if err != nil || len(serials) == 0 {
		return 0, err
	}
	return len(serials), s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockGoogle(ctx, tx, orgID); err != nil {
			return err
		}
		args := []any{orgID, s.now()}
		_, err := exec(ctx, tx, "UPDATE google_pass SET version = version + 1, modified_at = $2, due_at = $2, tries = 0, "+
			"notify = notify OR "+googlePasses.cardVersion()+" > card_version, "+googlePasses.setPresent()+
			" WHERE org_id = $1 AND serial IN "+in(&args, serials)+" AND "+googlePasses.outdated(), args...)
		return err
	})
}

// lockGoogle lets one transaction at a time write to many passes for Google of the
// organization, so that no change is noted twice and nobody waits for another in a circle.
func lockGoogle(ctx context.Context, tx *transaction, orgID string) error {
	return tx.lockName(ctx, "google passes "+orgID)
}

// ClaimGooglePasses returns up to limit passes of the issuer, at most
// customer.MaxGooglePassBatch, that are to be sent now: those whose card changed before
// those that only look different, the longest due first. They are the caller's for the
// lease: whoever has not called NoteGooglePassesSent by then leaves them to the next who
// asks.
func (s *Store) ClaimGooglePasses(ctx context.Context, orgID, issuerID string, lease time.Duration, limit int) ([]customer.GooglePass, error) {
	now := s.now()
	waiting, err := s.anyDue(ctx, googlePasses, orgID, now, "")
	if err != nil || !waiting {
		return nil, err
	}
	var claimed []customer.GooglePass
	err = s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockGoogle(ctx, tx, orgID); err != nil {
			return err
		}
		serials, err := all(ctx, tx, scan1[string], "UPDATE google_pass SET due_at = $3 WHERE org_id = $1 AND serial IN (SELECT serial FROM google_pass "+
			"WHERE org_id = $1 AND due_at <> 0 AND due_at <= $2 AND issuer_id = $4 ORDER BY notify DESC, due_at, serial LIMIT $5) RETURNING serial",
			orgID, now, now+lease.Milliseconds(), issuerID, min(max(limit, 1), customer.MaxGooglePassBatch))
		if err != nil {
			return err
		}
		args := []any{orgID}
		claimed, err = all(ctx, tx, scanGooglePass, "SELECT "+googleColumns+googleFrom+"WHERE p.org_id = $1 AND p.serial IN "+in(&args, serials)+
			" ORDER BY p.notify DESC, p.serial", args...)
		return err
	})
	return claimed, err
}

// NoteGooglePassesSent keeps what became of sending passes. What changed in the meantime
// stays due.
func (s *Store) NoteGooglePassesSent(ctx context.Context, orgID string, sent []customer.GooglePassSent) error {
	if len(sent) == 0 {
		return nil
	}
	return s.write(ctx, orgID, func(tx *transaction) error {
		now := s.now()
		for _, p := range sent {
			var err error
			if p.Sent {
				_, err = exec(ctx, tx, "UPDATE google_pass SET sent_version = $3, sent_at = $4, tries = 0, problem = '', "+
					"notify = notify AND version > $3, due_at = CASE WHEN version > $3 THEN due_at ELSE 0 END "+
					"WHERE org_id = $1 AND serial = $2 AND sent_version <= $3", orgID, p.Serial, p.Version, now)
			} else {
				_, err = exec(ctx, tx, "UPDATE google_pass SET tries = tries + 1, due_at = $4, problem = $5 WHERE org_id = $1 AND serial = $2 AND version = $3",
					orgID, p.Serial, p.Version, p.Again, p.Problem)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// GooglePassCounts counts the passes of an issuer.
func (s *Store) GooglePassCounts(ctx context.Context, orgID, issuerID string) (customer.GooglePassCounts, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, func(r scanner) (c customer.GooglePassCounts, err error) {
		if err = r.Scan(&c.Issued, &c.Saved, &c.Sent, &c.Stale, &c.Failed); err != nil {
			err = fmt.Errorf("read counts of passes for Google: %w", err)
		}
		return c, err
	}, "SELECT COUNT(*), COUNT(*) FILTER (WHERE saved), COUNT(*) FILTER (WHERE saved AND sent_version = version), "+
		"COUNT(*) FILTER (WHERE saved AND sent_version < version), COUNT(*) FILTER (WHERE tries > 0 AND sent_version < version) "+
		"FROM google_pass WHERE org_id = $1 AND issuer_id = $2", orgID, issuerID)
}

// NoteGoogleEvent keeps what an event says and that it was taken in. An event that was
// taken in before changes nothing and reports false; that there is no such pass is no
// error.
func (s *Store) NoteGoogleEvent(ctx context.Context, orgID string, e customer.GoogleEvent) (first bool, err error) {
	err = s.write(ctx, orgID, func(tx *transaction) error {
		// An organization that is not there has no callbacks to remember.
		n, err := exec(ctx, tx, "INSERT INTO google_nonce (org_id, nonce, expires_at) SELECT o.org_id, CAST($2 AS TEXT), CAST($3 AS BIGINT) "+
			"FROM organization o WHERE o.org_id = $1 ON CONFLICT (org_id, nonce) DO NOTHING", orgID, e.Nonce, e.ExpiresAt)
		if first = n > 0; err != nil || !first {
			return err
		}
		_, err = exec(ctx, tx, "UPDATE google_pass SET saved = $3, saved_at = $4 WHERE org_id = $1 AND serial = $2", orgID, e.Serial, e.Saved, s.now())
		return err
	})
	return first && err == nil, err
}

// TakeGoogleNotification notes a notification at the instant and returns true, or false
// when the pass has had three in the time before it. A pass that is not there has none.
func (s *Store) TakeGoogleNotification(ctx context.Context, orgID, serial string, at int64, within time.Duration) (bool, error) {
	var n int64
	err := s.write(ctx, orgID, func(tx *transaction) (err error) {
		n, err = exec(ctx, tx, "UPDATE google_pass SET notified_first = notified_second, notified_second = notified_third, notified_third = $3 "+
			"WHERE org_id = $1 AND serial = $2 AND notified_first <= $4", orgID, serial, at, at-within.Milliseconds())
		return err
	})
	return n > 0, err
}

// ExhaustGoogleNotifications notes that Google counted more than we did: none is left
// after the instant.
func (s *Store) ExhaustGoogleNotifications(ctx context.Context, orgID, serial string, at int64) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "UPDATE google_pass SET notified_first = $3, notified_second = $3, notified_third = $3 "+
			"WHERE org_id = $1 AND serial = $2", orgID, serial, at)
		return err
	})
}
