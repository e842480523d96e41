package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/organization"
)

// Limits of one run of SendConfirmations, for one organization.
const (
	confirmationBatch      = 50
	maxConfirmationBatches = 20
)

// ConfirmStore is what SendConfirmations needs.
type ConfirmStore interface {
	Organizations
	// PendingConfirmations returns up to limit requests that wait for their link.
	PendingConfirmations(ctx context.Context, orgID string, limit int) ([]customer.ConfirmationRequest, error)
	// SentConfirmation keeps the hash of the link's token. After it the request is
	// not pending any more.
	SentConfirmation(ctx context.Context, orgID, requestID string, tokenHash [32]byte, now, expiresAt int64) error
}

// SendConfirmations makes and sends the links by which the owner of a phone number
// or address proves to be the one who asked for a card.
type SendConfirmations struct {
	Store  ConfirmStore
	Sender Sender
	// Link returns the address of the page that takes the token.
	Link func(token string) string
	Now  func() int64
	Log  *slog.Logger
}

// Run sends what waits in every organization. What cannot be sent is logged and
// not tried again: the customer asks for another link, and a broken sender cannot
// turn into a flood.
func (s SendConfirmations) Run(ctx context.Context) error {
	return each(ctx, s.Store, "send confirmations", s.send)
}

func (s SendConfirmations) send(ctx context.Context, o organization.Organization) error {
	for range maxConfirmationBatches {
		requests, err := s.Store.PendingConfirmations(ctx, o.ID, confirmationBatch)
		if err != nil {
			return fmt.Errorf("find pending: %w", err)
		}
		for _, r := range requests {
			if err := s.sendOne(ctx, o, r); err != nil {
				return err
			}
		}
		if len(requests) < confirmationBatch {
			return nil
		}
	}
	return nil
}

// sendOne keeps the token before it sends it. A crash in between loses one
// message, which the customer can ask for again; the other order could send a link
// that does not work.
func (s SendConfirmations) sendOne(ctx context.Context, o organization.Organization, r customer.ConfirmationRequest) error {
	token := access.NewToken(access.TokenConfirmation, o.Slug)
	now := s.Now()
	expires := now + customer.ConfirmationLife.Milliseconds()
	if err := s.Store.SentConfirmation(ctx, o.ID, r.ID, access.Hash(token), now, expires); err != nil {
		if errors.Is(err, customer.ErrNotFound) {
			return nil // another process was first, or the customer is gone
		}
		return fmt.Errorf("keep the token of %s: %w", r.ID, err)
	}
	if err := s.Sender.Send(ctx, s.message(o, r, token)); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "confirmation not sent",
			slog.String("org", o.ID), slog.String("request", r.ID), slog.Any("error", err))
	}
	return nil
}

func (s SendConfirmations) message(o organization.Organization, r customer.ConfirmationRequest, token string) Message {
	language := r.Locale
	if language == "" {
		language = o.Locale
	}
	words := locale.For(language)
	params := locale.Params{"shop": o.Name, "link": s.Link(token)}
	m := Message{Channel: r.Channel, To: r.To, Locale: words.Locale(), Text: words.T("message.confirmation", params)}
	if r.Channel != "sms" {
		m.Subject = words.T("message.confirmation_subject", params)
	}
	return m
}
