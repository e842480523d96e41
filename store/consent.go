package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

const (
	consentTextColumns = "org_id, id, purpose, channel, version, words, active, sort_order, created_at"
	consentColumns     = "org_id, id, customer_id, text_id, purpose, channel, granted, source, locale, actor_kind, actor_id, decided_at"
)

func scanConsentText(r scanner) (t customer.ConsentText, err error) {
	var words string
	err = r.Scan(&t.OrgID, &t.ID, &t.Purpose, &t.Channel, &t.Version, &words, &t.Active, &t.Position, &t.CreatedAt)
	if err == nil {
		err = json.Unmarshal([]byte(words), &t.Text)
	}
	if err != nil {
		err = fmt.Errorf("read consent text: %w", err)
	}
	return t, err
}

func scanConsent(r scanner) (c customer.Consent, err error) {
	err = r.Scan(&c.OrgID, &c.ID, &c.CustomerID, &c.TextID, &c.Purpose, &c.Channel, &c.Granted, &c.Source, &c.Locale,
		&c.Actor.Kind, &c.Actor.ID, &c.At)
	if err != nil {
		err = fmt.Errorf("read consent: %w", err)
	}
	return c, err
}

// ConsentTexts returns the texts that whoever joins is asked, in their order.
func (s *Store) ConsentTexts(ctx context.Context, orgID string) ([]customer.ConsentText, error) {
	var list []customer.ConsentText
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		list, err = consentTexts(ctx, tx, orgID)
		return err
	})
	return list, err
}

func consentTexts(ctx context.Context, tx *transaction, orgID string) ([]customer.ConsentText, error) {
	return all(ctx, tx, scanConsentText, "SELECT "+consentTextColumns+
		" FROM consent_text WHERE org_id = $1 AND active ORDER BY sort_order, id LIMIT $2", orgID, customer.MaxConsentTexts)
}

// CreateConsentText adds a text. An active one takes the place of an active one of a
// lower version for the same purpose and channel. It returns organization.ErrTaken if
// there is one of that version, and an *organization.InvalidFieldError for more than
// customer.MaxConsentTexts active ones.
func (s *Store) CreateConsentText(ctx context.Context, t customer.ConsentText) error {
	words, err := json.Marshal(t.Text)
	if err != nil {
		return fmt.Errorf("write consent text: %w", err)
	}
	return taken(s.write(ctx, t.OrgID, func(tx *transaction) error {
		if t.Active {
			if _, err := exec(ctx, tx, "UPDATE consent_text SET active = FALSE "+
				"WHERE org_id = $1 AND purpose = $2 AND channel = $3 AND version < $4", t.OrgID, t.Purpose, t.Channel, t.Version); err != nil {
				return err
			}
		}
		err := insert(ctx, tx, "consent_text", consentTextColumns,
			[]any{t.OrgID, t.ID, t.Purpose, t.Channel, t.Version, string(words), t.Active, t.Position, t.CreatedAt})
		if err != nil {
			return err
		}
		n, err := one(ctx, tx, nil, scan1[int], "SELECT COUNT(*) FROM consent_text WHERE org_id = $1 AND active", t.OrgID)
		if err == nil && n > customer.MaxConsentTexts {
			err = &organization.InvalidFieldError{
				Field: "active", Reason: fmt.Sprintf("would ask for more than %d consents", customer.MaxConsentTexts),
			}
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, t.OrgID, access.ConsentTextAdded, t.ID, nil, consentTextFacts(t))
	}))
}

// Consents returns, for each text that is asked now, what the customer decided last
// about its purpose and channel. It returns customer.ErrNotFound for somebody who is
// not there.
func (s *Store) Consents(ctx context.Context, orgID, customerID string) ([]customer.ConsentState, error) {
	var states []customer.ConsentState
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		if _, err := customerBy(ctx, tx, orgID, "id", customerID); err != nil {
			return err
		}
		states, err = consentStates(ctx, tx, orgID, customerID)
		return err
	})
	return states, err
}

// consentStates returns one for each text that is asked now, in the order of the texts.
func consentStates(ctx context.Context, tx *transaction, orgID, customerID string) ([]customer.ConsentState, error) {
	texts, err := consentTexts(ctx, tx, orgID)
	if err != nil {
		return nil, err
	}
	states := make([]customer.ConsentState, 0, len(texts))
	for _, t := range texts {
		last, err := all(ctx, tx, scanConsent, "SELECT "+consentColumns+" FROM consent "+
			"WHERE org_id = $1 AND customer_id = $2 AND purpose = $3 AND channel = $4 ORDER BY decided_at DESC, id DESC LIMIT 1",
			orgID, customerID, t.Purpose, t.Channel)
		if err != nil {
			return nil, err
		}
		state := customer.ConsentState{Text: t}
		for _, c := range last {
			state.Granted, state.At = c.Granted, c.At
		}
		states = append(states, state)
	}
	return states, nil
}

// RecordConsents adds decisions to the customer's; none is ever changed. It returns
// customer.ErrNotFound for a customer or text that is not there.
func (s *Store) RecordConsents(ctx context.Context, orgID, customerID string, list []customer.Consent) error {
	if len(list) > customer.MaxConsentTexts {
		return &customer.InvalidFieldError{
			Field: "consents", Code: customer.InvalidConsent,
			Reason: fmt.Sprintf("must hold at most %d decisions", customer.MaxConsentTexts),
		}
	}
	err := s.write(ctx, orgID, func(tx *transaction) error {
		if err := insertConsents(ctx, tx, orgID, customerID, list); err != nil {
			return err
		}
		// What customers decide on their own page has its history in the consents.
		if access.DoerOf(ctx).Kind == access.DoerSystem {
			return nil
		}
		return s.note(ctx, tx, orgID, access.ConsentsRecorded, customerID, nil, nil)
	})
	if isForeignKey(err) {
		return customer.ErrNotFound
	}
	return err
}

func insertConsents(ctx context.Context, tx *transaction, orgID, customerID string, list []customer.Consent) error {
	var args []any
	for _, c := range list {
		args = append(args, orgID, c.ID, customerID, c.TextID, c.Purpose, c.Channel, c.Granted, string(c.Source), c.Locale,
			string(c.Actor.Kind), c.Actor.ID, c.At)
	}
	return insert(ctx, tx, "consent", consentColumns, args)
}

// ConsentHistory returns a page of the customer's decisions, newest first.
func (s *Store) ConsentHistory(ctx context.Context, orgID, customerID string, p paging.Page) (paging.List[customer.Consent], error) {
	at, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[customer.Consent]{}, err
	}
	list, err := readAll(ctx, s, orgID, scanConsent, "SELECT "+consentColumns+" FROM consent "+
		"WHERE org_id = $1 AND customer_id = $2 AND (decided_at, id) < ($3, $4) ORDER BY decided_at DESC, id DESC LIMIT $5",
		orgID, customerID, at, id, p.Size()+1)
	return paging.Cut(p, list, func(c customer.Consent) []string { return []string{strconv.FormatInt(c.At, 10), c.ID} }), err
}
